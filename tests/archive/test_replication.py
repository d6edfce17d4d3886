"""A copy is the store byte for byte, each version whole or not at all, and never made from bytes that were changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.copies import Copy
from archive.fixity import verify_store
from archive.replication import replicate
from archive.store import Store
from core.errors import BadInputError, IntegrityError, MissingToolError, UsageError
from support.copies import AT, CASES, make_copy, make_store, seals, tree
from support.forks import in_fork


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Not to be changed."""
    return make_store(tmp_path_factory.mktemp("first"))


def test_a_copy_is_the_store_byte_for_byte(store: Store, tmp_path: Path) -> None:
    copy = make_copy(store, tmp_path)
    assert tree(copy.root) == tree(store.root)
    assert list(verify_store(copy)) == []


def test_only_what_is_missing_is_copied_and_a_version_at_a_time(store: Store, tmp_path: Path) -> None:
    copy = Copy("hai", tmp_path / "store", "genesis").make()
    known = seals(store, CASES[0])
    assert replicate(store, copy, CASES[0], known, "v1") == ["v1"]
    assert list(verify_store(copy)) == [] and copy.head(CASES[0]) == "v1"
    assert replicate(store, copy, CASES[0], known, "v3") == ["v2", "v3"]
    assert replicate(store, copy, CASES[0], known, "v3") == []
    assert list(verify_store(copy)) == []


@pytest.mark.parametrize(
    "name", ["v1/inventory.json", "v1/content/documents/0000001/TAND-HN.HS.1987.00123.0000001.pdf"]
)
def test_changed_bytes_are_not_copied(store: Store, tmp_path: Path, name: str) -> None:
    shutil.copytree(store.root, tmp_path / "a" / "store")
    bad = Store(tmp_path / "a" / "store", tmp_path / "a" / "staging")
    path = bad.root / bad.place(CASES[0]) / name
    path.write_bytes(path.read_bytes().replace(b"1987", b"1988"))
    copy = Copy("hai", tmp_path / "store", "genesis").make()
    with pytest.raises(IntegrityError) as caught:
        replicate(bad, copy, CASES[0], seals(store, CASES[0]), "v3")
    assert caught.value.code == "archive.not-as-sealed" and caught.value.file == str(path)
    assert list(copy.objects()) == [] and list(verify_store(copy)) == []


def test_a_store_that_was_forged_consistently_is_not_copied(store: Store, tmp_path: Path) -> None:
    forged = Store(tmp_path / "forged" / "store", tmp_path / "forged" / "staging")
    forged.create()
    forged.publish(CASES[1], {"a.pdf": b"another judgment"}, "Số hóa", "Bút", AT)
    copy = Copy("hai", tmp_path / "store", "genesis").make()
    with pytest.raises(IntegrityError):
        replicate(forged, copy, CASES[1], seals(store, CASES[1]), "v1")
    assert list(copy.objects()) == []


def test_copying_killed_after_every_step_leaves_whole_versions_and_goes_on(store: Store, tmp_path: Path) -> None:
    known, killed = seals(store, CASES[0]), 0
    for stop in range(1, 60):
        name = Copy("hai", tmp_path / str(stop) / "store", "genesis")
        (tmp_path / str(stop)).mkdir()
        name.make()
        if not in_fork(lambda step: replicate(store, name.open(step=step), CASES[0], known, "v3"), stop):  # noqa: B023
            break
        killed += 1
        copy = name.open()
        copy.recover()
        assert list(verify_store(copy)) == []
        replicate(store, copy, CASES[0], known, "v3")
        place = store.place(CASES[0])
        assert tree(copy.root / place) == tree(store.root / place)
        assert [path.name for path in copy.staging.iterdir()] == ["lock"]
    assert killed >= 20


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["a.pdf", "lô/b.xml", "Đ.txt"]), st.one_of(st.none(), st.binary(max_size=9))),
        min_size=1,
        max_size=5,
    )
)
def test_any_history_is_copied_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, history: list[dict[str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    store = Store(folder / "store", folder / "staging")
    store.create()
    copy = Copy("hai", folder / "second", "genesis").make()
    for changes in history:
        store.publish(CASES[2], {"gốc.txt": "luôn có".encode(), **changes}, "m", "u", AT)
        if len(changes) % 2:
            replicate(store, copy, CASES[2], seals(store, CASES[2]), store.head(CASES[2]) or "")
    replicate(store, copy, CASES[2], seals(store, CASES[2]), store.head(CASES[2]) or "")
    assert tree(copy.root) == tree(store.root)


def test_a_medium_that_is_not_there_is_not_written_to(tmp_path: Path) -> None:
    mounted = tmp_path / "disk2"
    copy = Copy("hai", mounted / "store", "genesis")
    with pytest.raises(MissingToolError):
        copy.make()
    mounted.mkdir()  # an empty mount point
    with pytest.raises(MissingToolError) as caught:
        copy.open()
    assert caught.value.code == "archive.copy-unreachable" and list(mounted.iterdir()) == []
    copy.make()
    with pytest.raises(UsageError):
        copy.make()


def test_a_foreign_medium_is_refused(tmp_path: Path) -> None:
    Copy("hai", tmp_path / "store", "genesis").make()
    for other in (Copy("ba", tmp_path / "store", "genesis"), Copy("hai", tmp_path / "store", "another archive")):
        with pytest.raises(BadInputError) as caught:
            other.open()
        assert caught.value.code == "archive.copy-foreign"
    (tmp_path / "store.butluc" / "copy.json").write_text(json.dumps({"archive": "genesis"}), encoding="utf-8")
    with pytest.raises(BadInputError):
        Copy("hai", tmp_path / "store", "genesis").open()

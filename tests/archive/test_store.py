"""The store keeps what it is given, once, under names that can be read, in a form that ocfl-py calls valid."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ocfl.layout_registry import get_layout
from ocfl.storage_root import StorageRoot

from archive import inventory as inventories
from archive.layout import LAYOUT
from archive.store import Store
from core.errors import BadInputError, IntegrityError

CASE = "TAND-HN.HS.1987.00123"
AT = "2026-11-23T03:15:42.000+00:00"
PDF = f"{CASE}.0000001.pdf"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", tmp_path / "staging")
    store.create()
    return store


def valid(store: Store) -> bool:
    root = StorageRoot(str(store.root))
    return bool(root.validate(log_warnings=False)) and root.good_objects == root.num_objects and not root.errors


def test_store_is_created_once_and_left_alone_after(store: Store) -> None:
    before = {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()}
    store.create()
    assert {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()} == before
    assert len(before) == 3


def test_store_refuses_a_folder_with_other_things(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "Ảnh của tôi.jpg").write_bytes(b"x")
    with pytest.raises(BadInputError, match="something else"):
        Store(tmp_path / "store", tmp_path / "staging").create()


def test_store_versions_put_replace_and_leave_out(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"ban an so 15")
    first = store.publish(CASE, {PDF: tmp_path / "a.pdf", "journal/lô 1.json": b"{}"}, "Số hóa", "Nguyễn Văn Bút", AT)
    second = store.publish(CASE, {PDF: b"corrected", "journal/lô 1.json": None}, "Sửa lỗi nhận dạng", "Lục", AT)
    assert (first, second, store.head(CASE)) == ("v1", "v2", "v2")
    assert [path.path.read_bytes() for path in store.files(CASE).values()] == [b"corrected"]
    old = store.files(CASE, "v1")
    assert list(old) == [PDF, "journal/lô 1.json"]
    assert old[PDF].path.read_bytes() == b"ban an so 15"
    assert old[PDF].sha256 == hashlib.sha256(b"ban an so 15").hexdigest()
    assert old[PDF].sha512 == hashlib.sha512(b"ban an so 15").hexdigest()
    assert [note.message for note in store.versions(CASE)] == ["Số hóa", "Sửa lỗi nhận dạng"]
    assert store.files(CASE)[PDF].version == "v2"
    assert valid(store)


def test_store_keeps_equal_content_once(store: Store) -> None:
    store.publish(CASE, {"a/x.pdf": b"same", "b/y.pdf": b"same"}, "m", "u", AT)
    store.publish(CASE, {"c/z.pdf": b"same", "d.pdf": b"new"}, "m", "u", AT)
    contents = list(store.root.rglob("*.pdf"))
    assert len(contents) == 2
    assert {file.path.read_bytes() for file in store.files(CASE).values()} == {b"same", b"new"}
    assert valid(store)


def test_store_makes_no_version_of_no_change(store: Store) -> None:
    store.publish(CASE, {PDF: b"one"}, "m", "u", AT)
    before = sorted(store.root.rglob("*"))
    assert store.publish(CASE, {PDF: b"one", "none": None}, "again", "u", AT) == "v1"
    assert sorted(store.root.rglob("*")) == before
    assert [path.name for path in store.staging.iterdir()] == ["lock"]


def test_store_holds_deletions_only_version(store: Store) -> None:
    store.publish(CASE, {PDF: b"one", "x": b"two"}, "m", "u", AT)
    store.publish(CASE, {"x": None}, "m", "u", AT)
    assert list(store.files(CASE)) == [PDF]
    assert valid(store)


def test_store_lists_case_files_with_vietnamese_and_long_names(store: Store) -> None:
    names = {CASE, "TAND-Đắk-Lắk.DS.1975.1", "Hồ-sơ-" + "ệ" * 80, "a" * 100}
    for name in names:
        store.publish(name, {"x.pdf": name.encode()}, "m", "u", AT)
    assert set(store.objects()) == names
    assert all(store.head(name) == "v1" for name in names)
    assert valid(store)


def test_store_folder_reads_as_the_case_file(store: Store) -> None:
    assert store.place(CASE).name == "TAND-HN%2eHS%2e1987%2e00123"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120))
def test_store_layout_is_that_of_the_ocfl_extension(name: str) -> None:
    layout = get_layout(LAYOUT)
    assert str(Store(Path("store"), Path("staging")).place(name)) == layout.identifier_to_path(name)


def test_store_says_what_it_does_not_have(store: Store) -> None:
    assert store.head(CASE) is None
    with pytest.raises(BadInputError, match="no case file"):
        store.files(CASE)
    store.publish(CASE, {PDF: b"one"}, "m", "u", AT)
    with pytest.raises(BadInputError, match="no version v9"):
        store.files(CASE, "v9")


@pytest.mark.parametrize("path", ["", "/a", "a/../b", "a//b", ".", "a/."])
def test_store_refuses_paths_that_lead_elsewhere(store: Store, path: str) -> None:
    with pytest.raises(ValueError, match="logical path"):
        store.publish(CASE, {path: b"x"}, "m", "u", AT)
    assert [entry.name for entry in store.staging.iterdir()] == ["lock"]
    assert list(store.objects()) == []


def test_store_refuses_a_file_that_is_also_a_folder(store: Store) -> None:
    store.publish(CASE, {"a": b"x"}, "m", "u", AT)
    with pytest.raises(ValueError, match="folder"):
        store.publish(CASE, {"a/b": b"y"}, "m", "u", AT)
    assert store.head(CASE) == "v1"


def test_store_names_a_missing_source_and_keeps_nothing_of_the_attempt(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="mất.pdf"):
        store.publish(CASE, {PDF: b"one", "z.pdf": tmp_path / "mất.pdf"}, "m", "u", AT)
    assert store.head(CASE) is None
    assert [entry.name for entry in store.staging.iterdir()] == ["lock"]


def test_store_refuses_an_empty_first_version(store: Store) -> None:
    with pytest.raises(BadInputError, match="nothing to keep"):
        store.publish(CASE, {"a": None}, "m", "u", AT)


def test_store_reports_a_damaged_inventory_as_integrity(store: Store) -> None:
    store.publish(CASE, {PDF: b"one"}, "m", "u", AT)
    path = store.root / store.place(CASE) / "inventory.json"
    for garbage in (b"", b"\xff\xfe\x00", b"[]", b"[" * 100_000, b'{"id": 1}', path.read_bytes()[:-40]):
        path.write_bytes(garbage)
        with pytest.raises(IntegrityError):
            store.files(CASE)
        assert list(store.objects()) == [CASE]


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=2).map("/".join)
STATES = st.dictionaries(PATHS, st.sampled_from(["1" * 128, "2" * 128, "3" * 128]), min_size=1)


@given(st.lists(STATES, min_size=1, max_size=4))
@settings(max_examples=60)
def test_store_inventory_survives_writing_and_reading(states: list[dict[str, str]]) -> None:
    inventory = inventories.empty(CASE)
    for number, state in enumerate(states, 1):
        new = {digest: f"v{number}/content/{digest[0]}" for digest in set(state.values()) - set(inventory.manifest)}
        note = inventories.VersionNote(f"v{number}", AT, "Số hóa", "Bút")
        inventory = inventories.advanced(inventory, note, state, new, {digest: digest[:64] for digest in new})
    assert inventories.load(inventories.dump(inventory)) == inventory
    assert inventories.dump(inventories.load(inventories.dump(inventory))) == inventories.dump(inventory)

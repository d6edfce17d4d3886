"""Whatever was done to a case file is found and put right from a copy; what no copy has is named, never invented."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.fixity import verify_root, verify_store
from archive.healing import Healing, heal, heal_root
from archive.inventory import dump, load, sidecar
from archive.sealed import verify_sealed
from archive.store import Store
from support.copies import AT, CASES, another, make_store, newest, seals, tree
from support.forks import in_fork

CASE = CASES[0]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Not to be changed."""
    return make_store(tmp_path_factory.mktemp("sound"))


@pytest.fixture
def store(sound: Store, tmp_path: Path) -> Store:
    return another(sound, tmp_path / "first")


def folder(store: Store, case: str = CASE) -> Path:
    return store.root / store.place(case)


def mend(store: Store, sound: Store, tmp_path: Path, case: str = CASE) -> Healing:
    known = seals(sound, case)
    return heal(store, case, known, newest(known), [("hai", sound)], tmp_path / "aside")


def rot(store: Store) -> None:
    path = next((folder(store) / "v1" / "content").rglob("*.pdf"))
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")


def missing(store: Store) -> None:
    (folder(store) / "v3" / "content" / "trang.txt").unlink()


def truncated(store: Store) -> None:
    (folder(store) / "v2" / "content" / "lô 1.json").write_bytes(b"")


def swapped(store: Store) -> None:
    one, two = sorted((folder(store) / "v1" / "content").rglob("*.pdf"))
    one.rename(store.staging / "held")
    two.rename(one)
    (store.staging / "held").rename(two)


def inventory_changed(store: Store) -> None:
    for place in (folder(store), folder(store) / "v3"):
        data = (place / "inventory.json").read_bytes().replace("Lục".encode(), "Lực".encode())
        (place / "inventory.json").write_bytes(data)
        (place / "inventory.json.sha512").write_bytes(sidecar(data))


def old_inventory_changed(store: Store) -> None:
    data = (folder(store) / "v1" / "inventory.json").read_bytes() + b"\n"
    (folder(store) / "v1" / "inventory.json").write_bytes(data)


def sidecar_gone(store: Store) -> None:
    (folder(store) / "inventory.json.sha512").unlink()


def stranger(store: Store) -> None:
    (folder(store) / "v2" / "content" / "thêm" / "vào").mkdir(parents=True)
    (folder(store) / "v2" / "content" / "thêm" / "vào" / "lạ.pdf").write_bytes(b"x")


def gone(store: Store) -> None:
    shutil.rmtree(folder(store).parents[2])


def gutted(store: Store) -> None:
    shutil.rmtree(folder(store))
    folder(store).mkdir()


def rolled_back(store: Store) -> None:
    for version in ("v2", "v3"):
        shutil.rmtree(folder(store) / version)
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(folder(store) / "v1" / name, folder(store) / name)


def exchanged(store: Store) -> None:
    folder(store).rename(store.staging / "held")
    folder(store, CASES[1]).rename(folder(store))
    (store.staging / "held").rename(folder(store, CASES[1]))


def linked(store: Store) -> None:
    (folder(store) / "v1" / "content").rename(store.staging / "content")
    (folder(store) / "v1" / "content").symlink_to(store.staging / "content")


def forged(store: Store) -> None:
    """Another judgment in the place of the first, and everything made to fit it."""
    place, text = folder(store), b"another judgment"
    shutil.rmtree(place)
    store.publish(CASE, {f"documents/0000000/{CASE}.0000000.pdf": text}, "Số hóa", "Bút", AT)
    store.publish(CASE, {"lô 1.json": b"{}"}, "Bổ sung", "Lục", AT)
    store.publish(CASE, {"trang.txt": b"forged"}, "Sửa", "Lục", AT)


HARMS = (
    *(rot, missing, truncated, swapped, inventory_changed, old_inventory_changed, sidecar_gone, stranger, gone, gutted),
    *(rolled_back, exchanged, linked, forged),
)


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_harm_is_found_and_put_right_byte_for_byte(
    store: Store, sound: Store, tmp_path: Path, harm: Callable[[Store], None]
) -> None:
    harm(store)
    known = seals(sound, CASE)
    assert verify_sealed(store, CASE, known, newest(known)) != []
    done = mend(store, sound, tmp_path)
    assert done.lost == [] and (done.healed or done.aside)
    mend(store, sound, tmp_path / "other", CASES[1])
    assert tree(store.root) == tree(sound.root)
    assert list(verify_store(store)) == []


@pytest.mark.parametrize("harm", [swapped, rolled_back, linked], ids=lambda harm: harm.__name__)
def test_healing_killed_at_every_step_goes_on(sound: Store, tmp_path: Path, harm: Callable[[Store], None]) -> None:
    known = seals(sound, CASE)
    for stop in range(1, 40):
        broken = another(sound, tmp_path / str(stop))
        harm(broken)

        def act(step: Callable[[str], None], broken: Store = broken, stop: int = stop) -> object:
            again = Store(broken.root, broken.staging, step=step)
            return heal(again, CASE, known, newest(known), [("hai", sound)], tmp_path / str(stop) / "a")

        if not in_fork(act, stop):
            break
        mend(broken, sound, tmp_path / str(stop))
        assert verify_sealed(broken, CASE, known, newest(known)) == []
        assert tree(broken.root / broken.place(CASE)) == tree(folder(sound))


def test_the_damaged_bytes_are_kept_aside(store: Store, sound: Store, tmp_path: Path) -> None:
    path = next((folder(store) / "v1" / "content").rglob("*.pdf"))
    path.write_bytes(b"rotten")
    stranger(store)
    mend(store, sound, tmp_path)
    kept = tree(tmp_path / "aside")
    assert kept[str(path.relative_to(folder(store)))] == b"rotten"
    assert kept["v2/content/thêm/vào/lạ.pdf"] == b"x"


def test_nothing_is_healed_from_a_copy_that_was_forged_consistently(store: Store, sound: Store, tmp_path: Path) -> None:
    other = another(sound, tmp_path / "second")
    forged(other)
    rot(store)
    before = tree(store.root)
    known = seals(sound, CASE)
    done = heal(store, CASE, known, newest(known), [("hai", other)], tmp_path / "aside")
    assert done.healed == [] and len(done.lost) == 1
    assert tree(store.root) == before


def test_two_damaged_copies_heal_one_another(sound: Store, tmp_path: Path) -> None:
    one, two = another(sound, tmp_path / "one"), another(sound, tmp_path / "two")
    rot(one), missing(two), inventory_changed(one), old_inventory_changed(two)
    known = seals(sound, CASE)
    for store, name, other in ((one, "hai", two), (two, "một", one)):
        done = heal(store, CASE, known, newest(known), [(name, other)], tmp_path / "aside" / name)
        assert done.lost == []
    assert tree(one.root) == tree(two.root) == tree(sound.root)


def test_a_file_that_both_copies_lost_is_named_and_the_rest_is_healed(sound: Store, tmp_path: Path) -> None:
    one, two = another(sound, tmp_path / "one"), another(sound, tmp_path / "two")
    missing(one), missing(two), rot(one)
    known = seals(sound, CASE)
    done = heal(one, CASE, known, newest(known), [("hai", two)], tmp_path / "aside")
    assert done.lost == [f"{one.place(CASE)}/v3/content/trang.txt"] and len(done.healed) == 1


def test_200_flips_of_one_byte_in_store_and_copy_are_found_and_healed(sound: Store, tmp_path: Path) -> None:
    chance = random.Random(1987)
    pair = another(sound, tmp_path / "store"), another(sound, tmp_path / "copy")
    missed = []
    for turn in range(200):
        store, other = pair[turn % 2], pair[1 - turn % 2]
        path = chance.choice(sorted(path for path in store.root.rglob("*") if path.is_file()))
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        path.write_bytes(data)
        case = next((case for case in CASES if folder(store, case) in path.parents), None)
        if case is None:
            found = verify_root(store.root)
            heal_root(store, tmp_path / f"{turn}", [])
        else:
            known = seals(sound, case)
            found = verify_sealed(store, case, known, newest(known))
            heal(store, case, known, newest(known), [("other", other)], tmp_path / f"{turn}")
        if not any(str(path.relative_to(store.root)).startswith(damage.where) for damage in found):
            missed.append(path)
    assert missed == []
    assert tree(pair[0].root) == tree(pair[1].root) == tree(sound.root)


def test_root_files_and_strays_are_put_right(store: Store, sound: Store, tmp_path: Path) -> None:
    (store.root / "0=ocfl_1.1").write_bytes(b"ocfl_1.0\n")
    shutil.rmtree(store.root / "extensions")
    (store.root / "lạ.txt").write_bytes(b"x")
    (store.root / "0aa").mkdir()
    (store.root / "link").symlink_to("/nowhere")
    strays = [damage.where for damage in verify_root(store.root) if damage.what in ("unknown", "empty-folder")]
    done = heal_root(store, tmp_path / "aside", strays)
    assert sorted(done.aside) == ["0aa", "link", "lạ.txt"]
    assert tree(store.root) == tree(sound.root) and verify_root(store.root) == []


def test_a_version_behind_the_seals_is_named_as_such(store: Store, sound: Store) -> None:
    store.publish(CASE, {"thêm.pdf": b"x"}, "Bổ sung", "?", AT)
    known = seals(sound, CASE)
    assert [damage.what for damage in verify_sealed(store, CASE, known, "v3")] == ["unsealed"]


def test_inventories_of_another_release_may_look_otherwise(sound: Store, tmp_path: Path) -> None:
    """The bytes that were sealed are copied, not made again from what they say."""
    store = another(sound, tmp_path / "first")
    for place in (folder(store, CASES[1]), folder(store, CASES[1]) / "v1"):
        data = dump(load((place / "inventory.json").read_bytes())).replace(b"\n ", b"\n   ")
        (place / "inventory.json").write_bytes(data)
        (place / "inventory.json.sha512").write_bytes(sidecar(data))
    other = another(store, tmp_path / "second")
    shutil.rmtree(folder(other, CASES[1]).parents[2])
    known = seals(store, CASES[1])
    heal(other, CASES[1], known, "v1", [("một", store)], tmp_path / "aside")
    assert tree(other.root) == tree(store.root)

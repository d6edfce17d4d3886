"""Whatever is done to a byte, a file or a folder of the store is found, and never raises."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.fixity import Damage, verify_store
from archive.inventory import sidecar
from archive.store import Store

CASES = ("TAND-HN.HS.1987.00123", "TAND-HN.HS.1987.00124", "TAND-Đắk-Lắk.DS.1975.1")
AT = "2026-11-23T03:15:42.000+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", tmp_path / "staging")
    store.create()
    for case in CASES:
        changes = {f"{case}.{n:07}.pdf": f"bản án {case} {n}".encode() * 20 for n in range(2)}
        store.publish(case, changes, "Số hóa", "Bút", AT)
    store.publish(CASES[0], {"lô 1.json": b"{}"}, "Bổ sung", "Lục", AT)
    return store


def files(store: Store) -> list[Path]:
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def object_folder(store: Store, case: str = CASES[0]) -> Path:
    return store.root / store.place(case)


def test_fixity_finds_nothing_in_a_sound_store(store: Store) -> None:
    assert list(verify_store(store)) == []


def test_fixity_finds_every_one_of_250_flipped_bits(store: Store) -> None:
    chance, missed = random.Random(331), []
    candidates = files(store)
    for turn in range(250):
        path = candidates[turn % len(candidates)]
        sound = path.read_bytes()
        place, bit = chance.randrange(len(sound)), chance.randrange(8)
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1 << bit]) + sound[place + 1 :])
        found = list(verify_store(store))
        if not any(str(path.relative_to(store.root)).startswith(damage.where) for damage in found):
            missed.append((path, place, bit, found))
        path.write_bytes(sound)
    assert missed == []
    assert list(verify_store(store)) == []


def shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lengthened(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(5000))


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_a_link(path: Path) -> None:
    kept = path.with_name("kept")
    path.rename(kept)
    path.symlink_to(kept.name)


def made_a_dangling_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


@pytest.mark.parametrize(
    "harm",
    [shortened, lengthened, emptied, garbage, Path.unlink, made_a_folder, made_a_link, made_a_dangling_link],
    ids=lambda harm: harm.__name__,
)
def test_fixity_finds_harm_to_any_file(store: Store, tmp_path: Path, harm: Callable[[Path], None]) -> None:
    for number, path in enumerate(files(store)):
        copy = Store(tmp_path / f"copy{number}" / "store", store.staging)
        shutil.copytree(store.root, copy.root)
        name = path.relative_to(store.root)
        harm(copy.root / name)
        assert any(str(name).startswith(damage.where) for damage in verify_store(copy)), name


def found(store: Store) -> set[tuple[str, str, str]]:
    return {(damage.id, damage.what, damage.where) for damage in verify_store(store)}


@pytest.mark.parametrize("where", ["", "extensions", "000", "extensions/0003-hash-and-id-n-tuple-storage-layout"])
def test_fixity_finds_additions_outside_objects(store: Store, where: str) -> None:
    (store.root / where).mkdir(exist_ok=True)
    (store.root / where / "lạ.txt").write_bytes(b"x")
    assert ("", "unknown", f"{where}/lạ.txt".lstrip("/")) in found(store)


@pytest.mark.parametrize("where", [".", "v1", "v1/content", "v1/content/sub", "v3", "extensions", "logs"])
def test_fixity_finds_additions_within_objects(store: Store, where: str) -> None:
    folder = object_folder(store) / where
    folder.mkdir(exist_ok=True)
    (folder / "thêm.pdf").write_bytes(b"x")
    expected = (folder / "thêm.pdf").relative_to(store.root)
    assert (CASES[0], "unknown", str(expected)) in found(store)


@pytest.mark.parametrize("where", ["0aa", "extensions/x", "x"])
def test_fixity_finds_empty_folders_outside_objects(store: Store, where: str) -> None:
    (store.root / where).mkdir()
    assert any(place == where for _, _, place in found(store))


def test_fixity_finds_empty_folders_within_objects(store: Store) -> None:
    folder = object_folder(store) / "v1" / "content" / "trống"
    folder.mkdir()
    assert found(store) == {(CASES[0], "empty-folder", str(folder.relative_to(store.root)))}


def test_fixity_finds_files_that_changed_places(store: Store) -> None:
    one, two = sorted((object_folder(store) / "v1" / "content").iterdir())
    held = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(held)
    assert found(store) == {(CASES[0], "changed", str(path.relative_to(store.root))) for path in (one, two)}


def test_fixity_finds_objects_that_changed_places(store: Store) -> None:
    one, two = object_folder(store, CASES[0]), object_folder(store, CASES[1])
    one.rename(store.staging / "held")
    two.rename(one)
    (store.staging / "held").rename(two)
    assert {what for _, what, _ in found(store)} == {"misplaced"}
    assert len(found(store)) == 2


def test_fixity_finds_an_object_rolled_back_to_its_first_version(store: Store) -> None:
    folder = object_folder(store)
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(folder / "v1" / name, folder / name)
    assert any(what == "unknown" and "v2" in where for _, what, where in found(store))


def test_fixity_finds_an_inventory_exchanged_together_with_its_sidecar(store: Store) -> None:
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(object_folder(store, CASES[1]) / name, object_folder(store) / "v1" / name)
    assert any(case == CASES[0] for case, _, _ in found(store))


def test_fixity_misses_a_named_object_that_is_gone(store: Store) -> None:
    shutil.rmtree(object_folder(store, CASES[1]).parents[2])
    assert list(verify_store(store)) == []
    damage = list(verify_store(store, list(CASES)))
    assert damage == [Damage(CASES[1], "no-object", str(store.place(CASES[1])))]


def test_fixity_of_a_store_that_is_gone_or_gutted(store: Store) -> None:
    for path in sorted(store.root.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert {what for _, what, _ in found(store)} == {"missing"}
    store.root.rmdir()
    assert found(store) == {("", "missing", ".")}


def test_fixity_names_with_broken_encoding_can_be_printed(store: Store) -> None:
    (store.root / "b\udcff").write_bytes(b"x")
    (damage,) = verify_store(store)
    assert damage.where.encode() == rb"b\xff"


def test_fixity_survives_inventories_of_any_shape_that_fit_their_sidecar(store: Store) -> None:
    folder = object_folder(store)
    start = (folder / "inventory.json").read_bytes()[:99]
    for data in (b"", b"null", b"[]", b"[" * 100_000, b'{"id": {}}', b"\xff", start):
        for place in (folder, folder / "v1", folder / "v2"):
            (place / "inventory.json").write_bytes(data)
            (place / "inventory.json.sha512").write_bytes(sidecar(data))
        assert any(case == CASES[0] for case, _, _ in found(store))


def test_fixity_sample_is_reproducible_and_of_the_size_asked_for(store: Store) -> None:
    for case in CASES:
        (next((object_folder(store, case) / "v1" / "content").iterdir())).write_bytes(b"x")

    def drawn(seed: int, size: int) -> list[str]:
        return [damage.id for damage in verify_store(store, sample=size, seed=seed)]

    assert drawn(7, 2) == drawn(7, 2)
    assert len(drawn(7, 2)) == 2
    assert sorted(drawn(1, 99)) == sorted(CASES)
    assert len({tuple(drawn(seed, 1)) for seed in range(20)}) == 3


def test_fixity_tells_its_progress(store: Store) -> None:
    told: list[tuple[int, int]] = []
    list(verify_store(store, progress=lambda done, total: told.append((done, total))))
    assert told == [(1, 3), (2, 3), (3, 3)]


KINDS = ("changed", "missing", "unknown", "misplaced", "unreadable", "not-a-file", "empty-folder", "structure")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_fixity_damage_has_a_sentence_in_both_languages(store: Store, lang: str) -> None:
    for kind in (*KINDS, "no-object"):
        assert "v1/content/x.pdf" in Damage("c", kind, "v1/content/x.pdf", "vì sao").message(lang)

"""Is every byte below the storage root as it was published? Damage is reported, never raised.

The digests of contents, inventories and sidecars, the storage root's own files and the place of every file and folder
are looked at here; what the OCFL asks beyond that is left to the validator of ocfl-py.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from archive import inventory as inventories
from archive.inventory import INVENTORY, OBJECT_MARK, OBJECT_MARK_BYTES, SIDECAR, Inventory
from archive.layout import LONGEST_NAME, ROOT_FILES, TUPLES
from archive.store import Store
from core import messages

Progress = Callable[[int, int], None]

_TUPLE = re.compile(r"[0-9a-f]{3}")
_SIDECAR = re.compile(rb"[0-9a-f]{128} inventory\.json\n")
_LARGEST_INVENTORY = 1 << 28
"""Bytes; a quarter of a gigabyte tells of half a million files, and no case file has as many."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it was published.

    ``id`` is the case file, or empty for the storage root's own files; ``what`` one of the words ``changed missing
    unknown misplaced unreadable not-a-file empty-folder structure no-object unsealed``; ``where`` the path relative to
    the root.
    """

    id: str
    what: str
    where: str
    detail: str = ""

    def message(self, lang: str = "en") -> str:
        """One sentence for people."""
        params = {"file": self.where, "detail": self.detail}
        return messages.text(f"archive.damage-{self.what}", "message", lang, params)


def verify_store(
    store: Store,
    ids: Sequence[str] | None = None,
    *,
    sample: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Iterator[Damage]:
    """All damage in the store, in the order of paths.

    Without ``ids`` every byte below the root is covered. A case file that was removed with its folder leaves no trace
    in the store itself: name it in ``ids`` to have it missed. Publications may go on meanwhile: an object that looks
    damaged is looked at again while nobody can publish.

    Args:
        ids: only these case files, and the root's own files.
        sample: at most so many case files, drawn with ``seed``; the same seed draws the same ones.
        progress: told the number of case files done and in all.
    """
    if not store.root.is_dir():
        yield Damage("", "missing", ".")
        return
    yield from _root_files(store.root)
    places = list(_tree(store.root))
    yield from (entry for entry in places if isinstance(entry, Damage))
    wanted = {place: unquote(place.name) for place in places if isinstance(place, PurePosixPath)}
    if ids is not None:
        wanted = {store.place(name): name for name in ids}
    if sample is not None and sample < len(wanted):
        drawn = random.Random(seed).sample(sorted(wanted), sample)
        wanted = {place: wanted[place] for place in sorted(drawn)}
    for number, (place, name) in enumerate(wanted.items(), 1):
        yield from verify_place(store, place, name)
        if progress is not None:
            progress(number, len(wanted))


def verify_root(root: Path) -> list[Damage]:
    """Damage to the storage root's own files, and whatever lies about between the root and its objects."""
    return [*_root_files(root), *(entry for entry in _tree(root) if isinstance(entry, Damage))]


def verify_object(store: Store, case_file: str) -> list[Damage]:
    """All damage within one case file, which must be there."""
    return verify_place(store, store.place(case_file), case_file)


def object_places(root: Path) -> list[tuple[PurePosixPath, str]]:
    """Folder and name of everything that stands where an object stands, wherever it belongs."""
    return [(place, unquote(place.name)) for place in _tree(root) if isinstance(place, PurePosixPath)]


def verify_place(store: Store, place: PurePosixPath, name: str) -> list[Damage]:
    """All damage within the folder of an object; one that looks damaged is looked at again while nobody publishes."""
    found = _object(store, place, name)
    if found:
        store.recover()
        with store.writing():
            found = _object(store, place, name)
    return found


def _root_files(root: Path) -> Iterator[Damage]:
    for name, data in ROOT_FILES.items():
        yield from _compare("", root, root / name, data)


def _tree(root: Path) -> Iterator[PurePosixPath | Damage]:
    """The folders of objects, and what else lies between the root and them."""
    folders: dict[str, set[str]] = {"": set()}
    for name in ROOT_FILES:
        for parent in PurePosixPath(name).parents:
            folders.setdefault(str(parent) if str(parent) != "." else "", set())
    for folder in folders:
        inside = {Path(name).name for name in (*ROOT_FILES, *folders) if name and _parent(name) == folder}
        try:
            present = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError:
            continue  # the file that is missing below it has been reported
        for entry in present:
            if not folder and _TUPLE.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                yield from _tuples(root, Path(entry.path), 1)
            elif entry.name not in inside or entry.is_symlink():
                yield Damage("", "unknown", _relative(root, entry.path))


def _parent(name: str) -> str:
    parent = str(PurePosixPath(name).parent)
    return "" if parent == "." else parent


def _tuples(root: Path, folder: Path, depth: int) -> Iterator[PurePosixPath | Damage]:
    try:
        present = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as err:
        yield Damage("", "unreadable", _relative(root, folder), str(err))
        return
    if not present:
        yield Damage("", "empty-folder", _relative(root, folder))
    for entry in present:
        is_folder = entry.is_dir(follow_symlinks=False)
        if depth < TUPLES and is_folder and _TUPLE.fullmatch(entry.name):
            yield from _tuples(root, Path(entry.path), depth + 1)
        elif depth == TUPLES and is_folder:
            yield PurePosixPath(_relative(root, entry.path))
        else:
            yield Damage("", "unknown", _relative(root, entry.path))


def _object(store: Store, place: PurePosixPath, name: str) -> list[Damage]:
    folder = store.root / place
    if not folder.is_dir() or folder.is_symlink():
        return [Damage(name, "no-object", str(place))]
    try:
        return list(_object_files(store, folder, name, place))
    except OSError as err:
        return [Damage(name, "unreadable", _relative(store.root, err.filename or folder), str(err))]


def _object_files(store: Store, folder: Path, name: str, place: PurePosixPath) -> Iterator[Damage]:
    root = store.root
    damage = list(_compare(name, root, folder / OBJECT_MARK, OBJECT_MARK_BYTES))
    inventory = _trusted(folder)
    if inventory is None:
        yield from damage
        yield Damage(name, "unreadable", _relative(root, folder / INVENTORY), "no inventory fits its sidecar")
        return
    if len(place.name) > LONGEST_NAME:
        name = inventory.id
    if store.place(inventory.id) != place:
        damage.append(Damage(name, "misplaced", str(place), inventory.id))
    damage += _inventories(inventory, name, root, folder)
    damage += _contents(inventory, name, root, folder)
    yield from damage or _structure(name, root, folder)


def _trusted(folder: Path) -> Inventory | None:
    """The newest inventory that fits its sidecar: the root's, or the copy of a version where that is damaged."""
    copies = [entry.name for entry in os.scandir(folder) if re.fullmatch(r"v[1-9]\d{0,8}", entry.name)]
    for place in (folder, *(folder / copy for copy in sorted(copies, key=lambda copy: -int(copy[1:])))):
        data = small(place / INVENTORY)
        if data is None or small(place / SIDECAR) != inventories.sidecar(data):
            continue
        try:
            return inventories.load(data)
        except ValueError:
            continue  # reported as "unreadable" where no other copy serves, as "changed" where one does
    return None


def small(path: Path) -> bytes | None:
    """The bytes of a plain file of sane size."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_INVENTORY:
        return None
    return path.read_bytes()


def _inventories(inventory: Inventory, name: str, root: Path, folder: Path) -> Iterator[Damage]:
    """Every inventory fits its sidecar, and the object's own is the same as its head's copy."""
    found: list[Damage] = []
    for place in (folder, *(folder / note.name for note in inventory.versions)):
        found += _pair(name, root, place)
    yield from found
    if not found and small(folder / INVENTORY) != small(folder / inventory.head / INVENTORY):
        yield Damage(name, "changed", _relative(root, folder / INVENTORY), f"differs from that of {inventory.head}")


def _pair(name: str, root: Path, folder: Path) -> Iterator[Damage]:
    data, side = small(folder / INVENTORY), small(folder / SIDECAR)
    for file, content in ((INVENTORY, data), (SIDECAR, side)):
        path = folder / file
        if content is None:
            what = "not-a-file" if path.is_symlink() or path.is_dir() else "changed" if path.exists() else "missing"
            yield Damage(name, what, _relative(root, path))
    if data is not None and side is not None and side != inventories.sidecar(data):
        file = INVENTORY if _SIDECAR.fullmatch(side) else SIDECAR
        yield Damage(name, "changed", _relative(root, folder / file), "inventory and sidecar do not fit")


def _contents(inventory: Inventory, name: str, root: Path, folder: Path) -> Iterator[Damage]:
    expected = {path: digest for digest, path in inventory.manifest.items()}
    known = {OBJECT_MARK, INVENTORY, SIDECAR}
    known |= {f"{note.name}/{file}" for note in inventory.versions for file in (INVENTORY, SIDECAR)}
    for path in sorted(expected):
        yield from _digest(name, root, folder / path, expected[path])
    for path, is_folder in walk(folder, ""):
        if is_folder:
            yield Damage(name, "empty-folder", _relative(root, folder / path))
        elif path not in expected and path not in known:
            yield Damage(name, "unknown", _relative(root, folder / path))


def walk(folder: Path, prefix: str) -> Iterator[tuple[str, bool]]:
    """Relative paths of all that is no folder, and of empty folders (then with ``True``); links are not followed."""
    present = sorted(os.scandir(folder), key=lambda entry: entry.name)
    if not present:
        yield prefix.rstrip("/"), True
    for entry in present:
        if entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path), f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", False


def _digest(name: str, root: Path, path: Path, expected: str) -> Iterator[Damage]:
    where = _relative(root, path)
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            yield Damage(name, "not-a-file", where)
            return
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha512").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        yield Damage(name, "missing", where)
    except OSError as err:
        yield Damage(name, "unreadable", where, str(err))
    else:
        if found != expected:
            yield Damage(name, "changed", where)


def _compare(name: str, root: Path, path: Path, expected: bytes) -> Iterator[Damage]:
    yield from _digest(name, root, path, hashlib.sha512(expected).hexdigest())


def _structure(name: str, root: Path, folder: Path) -> Iterator[Damage]:
    from ocfl.validator import Validator  # here, for it takes a second to load what it knows of network stores

    validator = Validator(check_digests=False, log_warnings=False)
    try:
        if not validator.validate_object(str(folder)):
            yield Damage(name, "structure", _relative(root, folder), validator.status_str())
    except Exception as err:  # a foreign validator may stumble over what it judges; that is damage too
        yield Damage(name, "structure", _relative(root, folder), f"{type(err).__name__}: {err}")


def _relative(root: Path, path: Path | str) -> str:
    """The path for people; bytes that are no UTF-8 are escaped."""
    return os.fsencode(os.path.relpath(path, root)).decode("utf-8", "backslashreplace")

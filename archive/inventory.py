"""Inventories of the OCFL (1.1, section 3.5): which bytes a case file held in which version."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ALGORITHM = "sha512"
FIXITY = "sha256"
INVENTORY = "inventory.json"
SIDECAR = f"{INVENTORY}.{ALGORITHM}"
OBJECT_MARK = "0=ocfl_object_1.1"
OBJECT_MARK_BYTES = b"ocfl_object_1.1\n"
CONTENT = "content"
_TYPE = "https://ocfl.io/1.1/spec/#inventory"
_VERSION = re.compile(r"v[1-9]\d*")

Mark = tuple[int, int, int]
"""Inode, time of change in ns and size of a file."""


@dataclass(frozen=True, slots=True)
class VersionNote:
    """Who made a version of a case file, when and why."""

    name: str
    created: str
    message: str
    user: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What ``inventory.json`` says, with one digest per logical path and one content path per digest."""

    id: str
    versions: tuple[VersionNote, ...]
    states: tuple[Mapping[str, str], ...]
    """Of each version: logical path → SHA-512."""
    manifest: Mapping[str, str]
    """SHA-512 → content path within the object."""
    sha256: Mapping[str, str]
    """SHA-512 → SHA-256."""

    @property
    def head(self) -> str:
        """Name of the newest version."""
        return self.versions[-1].name

    @property
    def state(self) -> Mapping[str, str]:
        """The newest state."""
        return self.states[-1]


def empty(identifier: str) -> Inventory:
    """The inventory before the first version."""
    return Inventory(identifier, (), (), {}, {})


def advanced(
    old: Inventory, note: VersionNote, state: Mapping[str, str], content: Mapping[str, str], sha256: Mapping[str, str]
) -> Inventory:
    """The inventory with one more version, whose new ``content`` maps SHA-512 to content paths."""
    return Inventory(
        old.id,
        (*old.versions, note),
        (*old.states, dict(state)),
        {**old.manifest, **content},
        {**old.sha256, **sha256},
    )


def dump(inventory: Inventory) -> bytes:
    """The bytes of ``inventory.json``; the same inventory gives the same bytes."""
    versions = {}
    for note, state in zip(inventory.versions, inventory.states, strict=True):
        versions[note.name] = {
            "created": note.created,
            "message": note.message,
            "user": {"name": note.user},
            "state": _by_digest(state),
        }
    data = {
        "id": inventory.id,
        "type": _TYPE,
        "digestAlgorithm": ALGORITHM,
        "head": inventory.head,
        "contentDirectory": CONTENT,
        "manifest": {digest: [path] for digest, path in inventory.manifest.items()},
        "versions": versions,
        "fixity": {FIXITY: _by_digest({inventory.manifest[long]: short for long, short in inventory.sha256.items()})},
    }
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def mark(folder: Path) -> Mark:
    """What tells the present inventory of an object's folder from any other."""
    about = (folder / INVENTORY).stat()
    return about.st_ino, about.st_mtime_ns, about.st_size


@lru_cache(maxsize=8)
def read(folder: Path, mark: Mark) -> Inventory:
    """The inventory of an object's folder, read once as long as it has the same mark: large case files are asked for
    file after file.

    Raises:
        ValueError: as :func:`load`.
    """
    return load((folder / INVENTORY).read_bytes())


def load(data: bytes) -> Inventory:
    """The inventory in the bytes of an ``inventory.json`` that this product wrote.

    Raises:
        ValueError: not JSON, or not of that shape.
    """
    try:
        return _load(json.loads(data))
    except (LookupError, TypeError, AttributeError, RecursionError) as err:
        raise ValueError(f"not an inventory: {type(err).__name__}: {err}") from err


def _load(tree: Any) -> Inventory:
    if tree["type"] != _TYPE or tree["digestAlgorithm"] != ALGORITHM or not isinstance(tree["id"], str):
        raise ValueError("not an inventory of the kind that is written here")
    manifest = {digest: _only(paths) for digest, paths in tree["manifest"].items()}
    short_of = {path: short for short, paths in tree["fixity"][FIXITY].items() for path in paths}
    names = sorted(tree["versions"], key=_number)
    if [_number(name) for name in names] != list(range(1, len(names) + 1)) or tree["head"] != names[-1]:
        raise ValueError("versions are not counted from 1 to the head")
    notes, states = [], []
    for name in names:
        version = tree["versions"][name]
        user = version["user"]["name"]
        notes.append(VersionNote(name, str(version["created"]), str(version["message"]), str(user)))
        states.append({path: digest for digest, paths in version["state"].items() for path in paths})
    if not {digest for state in states for digest in state.values()} <= manifest.keys():
        raise ValueError("a state names content that the manifest lacks")
    sha256 = {digest: short_of[path] for digest, path in manifest.items()}
    return Inventory(tree["id"], tuple(notes), tuple(states), manifest, sha256)


def sidecar(data: bytes) -> bytes:
    """The bytes of the sidecar file of an inventory."""
    return f"{hashlib.sha512(data).hexdigest()} {INVENTORY}\n".encode()


def check_logical(path: str) -> str:
    """A logical path that is safe below a content folder.

    Raises:
        ValueError: absolute, empty, or with parts such as ``..`` (OCFL 1.1, 3.5.3.1).
    """
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise ValueError(f"not a logical path: {path!r}")
    return path


def _by_digest(paths: Mapping[str, str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for path in sorted(paths):
        grouped.setdefault(paths[path], []).append(path)
    return grouped


def _only(paths: list[str]) -> str:
    (path,) = paths
    return check_logical(path)


def _number(name: str) -> int:
    if not _VERSION.fullmatch(name):
        raise ValueError(f"not a version: {name!r}")
    return int(name[1:])

"""Folders of an index that is rebuilt beside itself: ``generation-0001`` …, and ``current`` naming the one in use.

``current`` is replaced in one step once a generation is complete, so readers never see half an index and a rebuild
that dies leaves the old one. Changes are made under one lock, which the system frees when its holder ends.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from core.errors import MissingToolError
from core.files import disk_errors, locked, write_atomic
from indexer.fields import VERSION

_NAME = re.compile(r"generation-(\d{4,})")
_STAMP = "butluc-index.json"


class Generations:
    """The generations within one index folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Path | None:
        """The generation in use, or ``None`` where none was ever completed.

        Raises:
            MissingToolError: ``current`` does not name a generation, or one of another version.
        """
        pointer = self.folder / "current"
        try:
            name = pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as err:
            raise rebuild_needed(pointer, "current") from err
        if not _NAME.fullmatch(name) or not (self.folder / name).is_dir():
            raise rebuild_needed(pointer, name[:40] or "-")
        return self.folder / name

    def identity(self) -> str | None:
        """What tells the generation in use from every other; ``None`` where none was ever completed."""
        current = self.current()
        return None if current is None else identity_of(current)

    def resumable(self, identity: str | None) -> Path | None:
        """The generation of this identity where it was begun by this program's version and never completed."""
        path = self.folder / (identity or "-").split(" ")[0]
        if not _NAME.fullmatch(path.name) or not path.is_dir() or self._in_use() == path.name:
            return None
        try:
            check_stamp(path)
        except MissingToolError:
            return None
        return path if identity_of(path) == identity else None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only one who changes the index.

        Raises:
            MissingToolError: somebody else is; the message names the process.
        """
        try:
            with locked(self.folder / "lock", wait=False):
                yield
        except MissingToolError as err:
            if err.code != "core.busy" or err.params["file"] != str(self.folder / "lock"):
                raise
            raise MissingToolError("indexer.busy", file=self.folder, holder=err.params["holder"]) from err

    def begin(self) -> Path:
        """A new, empty generation with its stamp; call it under the lock."""
        numbers = [int(match[1]) for path in self._all() if (match := _NAME.fullmatch(path.name))]
        path = self.folder / f"generation-{max(numbers, default=0) + 1:04d}"
        with disk_errors(path):
            path.mkdir(parents=True)
        write_atomic(path / _STAMP, json.dumps(stamp()).encode())
        return path

    def switch(self, generation: Path) -> None:
        """Put ``generation`` in use and take the others away; call it under the lock."""
        write_atomic(self.folder / "current", generation.name.encode() + b"\n")
        self.sweep(keep=generation)

    def sweep(self, keep: Path | None) -> None:
        """Take away all generations but one: older ones, and what a dead rebuild left; call it under the lock."""
        for part in self.folder.glob(".*.part"):
            part.unlink()
        for path in self._all():
            if path != keep:
                self.drop(path)

    def drop(self, generation: Path) -> None:
        """Take away a generation that is not in use; call it under the lock."""
        shutil.rmtree(generation)

    def _in_use(self) -> str:
        pointer = self.folder / "current"
        return pointer.read_text(encoding="utf-8", errors="replace").strip() if pointer.exists() else ""

    def _all(self) -> list[Path]:
        return [path for path in self.folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name)]


def identity_of(generation: Path) -> str:
    """What tells a generation from every other: its number is used again, the time when it was begun is not."""
    path = generation / _STAMP
    return f"{generation.name} {path.stat().st_mtime_ns if path.exists() else 0}"


def stamp() -> dict[str, str | int]:
    """What an index is tied to: our mapping, and the engine's version, whose file format changes between versions."""
    return {"schema": VERSION, "engine": f"tantivy {version('tantivy')}"}


def check_stamp(generation: Path) -> None:
    """Make sure that this program can read the generation.

    Raises:
        MissingToolError: it was made by another version, or the stamp cannot be read.
    """
    path = generation / _STAMP
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError as err:
        raise rebuild_needed(path, "?") from err
    except ValueError as err:
        raise rebuild_needed(path, "?") from err
    if found != stamp():
        raise rebuild_needed(path, str(found.get("engine", "?")) if isinstance(found, dict) else "?")


def rebuild_needed(file: Path, why: str) -> MissingToolError:
    """The error that sends a person to ``butluc index rebuild``."""
    return MissingToolError("indexer.rebuild-needed", file=file, why=why)

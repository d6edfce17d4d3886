"""Second copies of the store on other media, each an OCFL storage root of its own.

Beside the storage root ``NAME`` lies the folder ``NAME.butluc`` with the copy's identity and staging area. The identity
is what tells the medium from the empty mount point of one that is not there, and from the medium of another archive:
nothing is written where it is missing or says something else.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path

from archive.publication import Step
from archive.store import Store, nothing
from core.config import fill, plain
from core.errors import BadInputError, ButlucError, MissingToolError, UsageError
from core.events import now
from core.files import canonical_json, disk_errors, write_atomic

_IDENTITY = "copy.json"


@dataclass(frozen=True, slots=True)
class CopyIdentity:
    """What a medium says of itself: ``archive`` is the hash of the archive's first event, ``copy`` its name there."""

    archive: str
    copy: str
    id: str
    made: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy as the settings name it; whether its medium is there is found out by :meth:`open`."""

    name: str
    root: Path
    archive: str

    @property
    def folder(self) -> Path:
        """Where identity and staging area lie."""
        return self.root.with_name(f"{self.root.name}.butluc")

    def make(self, *, step: Step = nothing) -> Store:
        """Begin the copy on a medium that has none: an empty storage root, then the identity.

        Raises:
            UsageError: there is one already.
            BadInputError: something else lies there, or the folder cannot be written.
            MissingToolError: the folder that should hold it is not there, or the disk is full.
        """
        if not self.root.parent.is_dir():
            raise MissingToolError("archive.copy-unreachable", file=self.root, copy=self.name)
        if (self.folder / _IDENTITY).exists():
            raise UsageError("archive.copy-made-already", file=self.root, copy=self.name)
        store = Store(self.root, self.folder / "staging", step=step)
        store.create()
        identity = CopyIdentity(self.archive, self.name, uuid.uuid4().hex, now())
        write_atomic(self.folder / _IDENTITY, canonical_json(plain(identity)).encode())
        return store

    def open(self, *, step: Step = nothing) -> Store:
        """The copy's store.

        Raises:
            MissingToolError: the medium is not there, or no copy was begun on it.
            BadInputError: it is that of another archive or another copy, or its identity cannot be read.
        """
        path = self.folder / _IDENTITY
        try:
            with disk_errors(path):
                identity = fill(CopyIdentity, json.loads(path.read_bytes()), file=path)
        except OSError as err:
            raise MissingToolError("archive.copy-unreachable", file=self.root, copy=self.name) from err
        except ValueError as err:
            raise BadInputError("archive.copy-foreign", file=path, copy=self.name) from err
        if (identity.archive, identity.copy) != (self.archive, self.name):
            raise BadInputError("archive.copy-foreign", file=path, copy=self.name)
        return Store(self.root, self.folder / "staging", step=step)

    def problem(self) -> ButlucError | None:
        """Why the copy cannot be opened now; ``None`` where it can."""
        try:
            self.open()
        except ButlucError as err:
            return err
        return None

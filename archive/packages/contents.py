"""What goes into a package: values made by the caller from the store, before any XML."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from archive.packages.choices import Kind, choices
from archive.packages.fields import Values
from core.events import Event
from core.files import sha256_file

_NAMESPACE = uuid.UUID("8a3c2f64-5e0b-5d7e-9d5c-3f2f7c0a5b11")
"""Of this product's own name-based identifiers (RFC 9562, version 5)."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a package: its bytes or where they lie, SHA-256 (lower case) and size in bytes."""

    source: Path | bytes
    sha256: str
    size: int

    @staticmethod
    def of(data: bytes) -> Item:
        """A file that was just written."""
        return Item(data, hashlib.sha256(data).hexdigest(), len(data))

    @staticmethod
    def at(path: Path, sha256: str | None = None) -> Item:
        """A file that lies at ``path``; it is hashed unless its digest is known."""
        return Item(path, sha256 or sha256_file(path), path.stat().st_size)

    def read(self) -> bytes:
        """All of its bytes."""
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()


@dataclass(frozen=True, slots=True)
class Master:
    """A master image that a document was made from; it is named, not carried."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PackagedDocument:
    """A document as it goes into a package.

    ``flavour``: part and level of PDF/A that was checked, or empty. ``signature``: what the check of the signature
    told (``signer``, ``level``, ``stamped`` …), empty where the document is unsigned. ``converted``: who, for which
    body and when, as in the conversion mark; empty where it never was paper.
    """

    id: str
    ordinal: int
    title: str
    pdf: Item
    flavour: str
    fields: Values
    masters: tuple[Master, ...] = ()
    signature: Mapping[str, str] = field(default_factory=dict)
    converted: Mapping[str, str] = field(default_factory=dict)
    software: str = ""
    pages: int = 0

    @property
    def file_name(self) -> str:
        """Name of the PDF by TT 05/2025/TT-BNV, Điều 8."""
        return f"{self.id}.pdf"

    @property
    def doc_id(self) -> str:
        """The identifier of at most 25 characters: the document's own, or its ordinal within the package."""
        return self.id if len(self.id) <= 25 else f"{self.ordinal:07d}"


@dataclass(frozen=True, slots=True)
class PackageContent:
    """A version of a case file as it goes into a package.

    ``version`` is that of the store's object, ``created`` the time of the event that made it, ISO 8601. ``record``:
    our own JSON and ALTO files below the record folder, by relative path. ``documentation``: further files for people.
    """

    case_file: str
    fonds: str
    organisation: str
    version: str
    created: str
    software: str
    fields: Values
    documents: Sequence[PackagedDocument]
    events: Sequence[Event]
    record: Mapping[str, Item] = field(default_factory=dict)
    documentation: Mapping[str, Item] = field(default_factory=dict)
    request: Values = field(default_factory=dict)

    def identifier(self, kind: Kind, *path: str) -> str:
        """The UUID (upper case) of the package, or of a part of it: the same content has the same one."""
        name = "\n".join((self.case_file, self.version, self.created, kind.value, *path))
        return str(uuid.uuid5(_NAMESPACE, name)).upper()

    def objid(self, kind: Kind) -> str:
        """The package's OBJID."""
        return choices().of(kind).objid.format(uuid=self.identifier(kind), fonds=self.fonds)

    def folder(self, kind: Kind) -> str:
        """The name of the package's folder."""
        return self.objid(kind).replace(":", "_")


def local_time(at: str) -> str:
    """An ISO 8601 time as packages write it, with the offset that the circular's examples have."""
    hours = int(choices().mets.utc_offset[:3])
    moment = datetime.fromisoformat(at).astimezone(timezone(timedelta(hours=hours)))
    return moment.isoformat(timespec="seconds")

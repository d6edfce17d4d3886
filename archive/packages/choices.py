"""What the circular leaves open, as data: names, profiles, formats and code lists (``data/*.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from core.config import fill


class Kind(StrEnum):
    """Kinds of packages."""

    SIP = "sip"
    AIP = "aip"
    DIP = "dip"


@dataclass(frozen=True)
class Names:
    """Paths within a package; those of a representation relative to its folder."""

    mets: str
    ead: str
    premis: str
    representation: str
    ead_document: str
    premis_representation: str
    documentation: str
    record: str
    zip: str
    schemas: str

    @property
    def rep_folder(self) -> str:
        """The folder of the one representation."""
        return f"representations/{self.representation}"


@dataclass(frozen=True)
class MetsWords:
    """Attribute values of the METS files."""

    descriptive_type: str
    descriptive_version: str
    structure_label: str
    structure_type: str
    checksum: str
    content_type: str
    link_label: str
    utc_offset: str


@dataclass(frozen=True)
class KindWords:
    """What differs between the kinds of packages."""

    objid: str
    profile: str
    type: str
    premis: bool


@dataclass(frozen=True)
class Format:
    """A file format: media type, name and key in PRONOM (empty where there is none)."""

    mime: str
    name: str
    registry: str


@dataclass(frozen=True)
class CopyWords:
    """What stands on user copies; ``seal_room`` in points."""

    plain: str
    certified: str
    converted: tuple[str, ...]
    seal_room: float


@dataclass(frozen=True)
class Choices:
    """``choices.toml``."""

    names: Names
    mets: MetsWords
    sip: KindWords
    aip: KindWords
    dip: KindWords
    kinds: dict[str, str]
    parts: dict[str, tuple[str, str]]
    events: dict[str, str]
    copies: CopyWords
    formats: dict[str, Format]

    def of(self, kind: Kind) -> KindWords:
        """The words of one kind of package."""
        words: KindWords = getattr(self, kind.value)
        return words

    def format(self, path: str, flavour: str | None = None) -> Format:
        """The format of a file by its flavour of PDF/A or its extension."""
        extension = path.rpartition(".")[2].lower().replace("tiff", "tif").replace("jpeg", "jpg")
        found = self.formats.get(flavour or "") or self.formats.get(extension)
        return found or self.formats["other"]


def read_data(name: str) -> Mapping[str, Any]:
    """A TOML file of this package's ``data`` folder."""
    return tomllib.loads(files("archive.packages").joinpath("data", name).read_text(encoding="utf-8"))


@cache
def choices() -> Choices:
    """The choices that are in force."""
    return fill(Choices, read_data("choices.toml"), file="choices.toml")


@cache
def codes() -> Mapping[str, Any]:
    """Name of a list → code → meaning, and the separator of several codes."""
    return read_data("codes.toml")


def code_list(name: str) -> Mapping[str, str]:
    """Code → meaning."""
    found: Mapping[str, str] = codes()[name]
    return found


def separator() -> str:
    """What parts several codes in one field."""
    return str(codes()["separator"])

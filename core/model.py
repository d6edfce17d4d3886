"""The values that stages hand to one another: paths, text and numbers only.

``PageImage`` → ``RecognizedPage`` → ``DocumentFields`` → ``ArchivedDocument`` → ``IndexedPage``.

Boxes are ``(x0, y0, x1, y1)`` in pixels of the page image as given (origin top left, x1 and y1 exclusive).
Confidences are 0.0–1.0. Angles are degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

Box = tuple[int, int, int, int]
Polygon = tuple[tuple[int, int], ...]
"""Corners ``(x, y)`` in pixels of the page image as given, in order around the shape."""


class Flag(StrEnum):
    """What is known about a page beside its picture (the contract's list)."""

    BLANK = "blank"
    SUPERSEDED = "superseded"
    REMOVED = "removed"
    DOUBLED = "doubled"
    QUARANTINED = "quarantined"
    LOW_RESOLUTION = "low-resolution"
    DPI_ASSUMED = "dpi-assumed"
    GEOMETRY = "geometry"
    COVER = "cover"
    MARKED = "marked"
    """By whoever scanned it, to be looked at; beside the contract's."""


class MasterKind(StrEnum):
    """How the pages of a master file are reached."""

    IMAGE = "image"
    """JPEG, PNG, TIFF …: ``frame`` counts the pictures in the file from 0."""
    PDF = "pdf"
    """``frame`` counts the pages of the PDF from 0."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as it was taken in: where its master lies and what was measured of it.

    ``width`` and ``height`` are pixels of the upright raster as displayed (EXIF orientation applied; for a PDF page,
    the page rendered at ``dpi``). ``origin`` is the path or device it came from, for people.
    """

    id: str
    master: Path
    sha256: str
    kind: MasterKind
    frame: int
    width: int
    height: int
    dpi: float
    mode: str
    """``bitonal``, ``grey`` or ``colour``."""
    batch: str
    sequence: int
    """Place of the page in its batch, from 1."""
    origin: str
    blank_score: float
    """0.0 (full of ink) – 1.0 (certainly blank)."""
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands."""

    text: str
    box: Box
    confidence: float
    letters: tuple[float, ...] = ()
    """Confidence of each character of ``text``, in tenths from 0.1 to 1.0 (as fine as ALTO keeps it); empty where the
    engine does not tell."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words in reading order.

    ``baseline`` is ``(x0, y0, x1, y1)`` from the first word's start to the last word's end, in reading direction, in
    pixels of the page image; its slope carries skew and orientation.
    """

    words: tuple[Word, ...]
    box: Box
    baseline: tuple[float, float, float, float]
    language: str
    """BCP 47: ``vi``, ``fr``, ``en`` …"""
    polygon: Polygon = ()
    """Outline that follows the line's curve; empty where ``box`` is all that is known."""
    engine: str = ""
    """What read the line, where it is not :attr:`RecognizedPage.engine`."""

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean confidence of the words, weighted by their length; 0.0 without words."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / letters if letters else 0.0


class RegionKind(StrEnum):
    """What stands in a part of a page."""

    TEXT = "text"
    TABLE = "table"
    SEAL = "seal"
    SIGNATURE = "signature"
    PICTURE = "picture"
    HANDWRITING = "handwriting"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page; regions of ink and of text may overlap, as a seal does its signature."""

    kind: RegionKind
    polygon: Polygon
    first: int = 0
    """Index of the first of the page's lines that stand in it; lines of a region follow one another."""
    count: int = 0
    """How many lines stand in it. A line stands in one region at most."""

    @property
    def box(self) -> Box:
        """The smallest box around the polygon."""
        xs, ys = zip(*self.polygon, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class RecognizedPage:
    """What was read on a page, in pixels of the page image as given."""

    width: int
    height: int
    rotation: int
    """Clockwise quarter turns in degrees (0, 90, 180, 270) that make the page upright."""
    angle: float
    """Skew of the upright page in degrees, positive where the text falls to the right: turned counter-clockwise by it,
    the page is level."""
    quality: float
    """0.0–1.0, predicts how much of the text is right."""
    language: str
    engine: str
    """Engine and version, as the recipe records it."""
    lines: tuple[Line, ...] = ()
    regions: tuple[Region, ...] = ()
    """Regions that hold lines in the order of these, then the others."""
    recipe: Mapping[str, str | float | int] = field(default_factory=dict)
    """Names and settings of what was done to the picture before it was read, enough to do it again."""
    sureness: float = 0.0
    """0–1: the page's own evidence that it lies as ``rotation`` says; for its document's vote, not kept in ALTO."""

    @property
    def text(self) -> str:
        """The lines in reading order, one to a row."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field, where it was read and by which rule."""

    value: str
    normal: str
    confidence: float
    page: int | None
    """Page of the document, from 1."""
    box: Box | None
    rule: str


@dataclass(frozen=True, slots=True)
class DocumentFields:
    """Fields of one document by their contract names (``number``, ``issued_date`` …)."""

    values: Mapping[str, FieldValue] = field(default_factory=dict)


class VerdictState(StrEnum):
    """The outcome of a check; what was not looked at is never called good."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_VERIFIED = "not_verified"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a finished file said."""

    check: str
    """``pdfa-before``, ``pdfa-after``, ``signature``."""
    state: VerdictState
    tool: str
    """Tool and version."""
    problems: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArchivedDocument:
    """A document as it lies in the store."""

    id: str
    case_file: str
    path: Path
    sha256: str
    pages: int
    version: str
    """OCFL version of the case file that brought this form of the document, ``v1`` …"""
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedPage:
    """One entry of the search index."""

    page_id: str
    document: str
    case_file: str
    fonds: str
    number: int
    """Page of the document, from 1."""
    title: str
    text: str
    """NFC; words parted by a space, lines by a newline."""
    quality: float
    court: str | None = None
    year: int | None = None
    type: str | None = None
    codes: tuple[str, ...] = ()
    """Numbers with notation of the document (``15/DS-ST``), as printed and in normal form."""
    case_type: str | None = None
    """Code of the case's type: ``DS``, ``HS`` …"""
    dates: tuple[str, ...] = ()
    """Days of the document, ISO 8601."""
    parties: tuple[str, ...] = ()
    officials: tuple[str, ...] = ()
    """Judges, clerks, prosecutors, signers."""
    places: tuple[str, ...] = ()
    doubtful: tuple[int, ...] = ()
    """Words of ``text``, counted from 0 between white space, that the reader was unsure of."""
    access: str = "restricted"
    """Access class: ``public``, ``restricted`` …; who may see what is decided by :class:`Reader`."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, and with what rights; an argument of every query, never ambient state.

    ``courts`` and ``access`` of ``None`` mean all; an empty set means none.
    """

    name: str
    courts: frozenset[str] | None = frozenset()
    access: frozenset[str] | None = frozenset()


def owner(name: str) -> Reader:
    """The owner of the home, who sees everything: the command line acts as this reader."""
    return Reader(name, courts=None, access=None)

"""What a stack that covers part is made of: the pages that were fed, the parts that they make, what is said of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core import messages
from scanner.covers.payload import CoverPayload
from scanner.covers.reading import CoverReading, Found


@dataclass(frozen=True, slots=True)
class FedPage:
    """One page in feed order: its identifier, its sheet in the batch, which side it is, what was read and measured.

    ``gone``: a person took it out or gave it to another document; covers may have counted it or not.
    """

    page: str
    sheet: int
    reading: CoverReading
    back: bool = False
    blank: bool = False
    gone: bool = False

    @property
    def separates(self) -> bool:
        """Whether it is a cover, readable or not, or a patch sheet."""
        return self.reading.found is not Found.NOTHING


@dataclass(frozen=True, slots=True)
class Stack:
    """What is known of the batch beside its pages.

    ``case_file`` takes the pages of a stack without covers. Where ``court`` and ``fonds`` are given, covers must be of
    them. ``used`` holds the print identifiers of covers in other batches. ``confirmed`` holds pages and codes of
    problems of which a person said that all is right as it lies.
    """

    case_file: str | None = None
    court: str | None = None
    fonds: str | None = None
    used: Container[str] = frozenset()
    confirmed: Container[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """Pages that belong together, after the sides of the covers and patch sheets that open them; both in feed order.

    ``case_file`` is null where nobody knows it. ``document`` and ``kind`` are the cover's; without an ordinal the next
    free one is meant. ``waits`` is the code of the problem that a person must settle first, null where the part can be
    taken.
    """

    case_file: str | None
    document: int | None
    kind: str | None
    cover: CoverPayload | None
    separators: tuple[FedPage, ...]
    pages: tuple[FedPage, ...]
    waits: str | None


@dataclass(frozen=True, slots=True)
class CoverProblem:
    """Something a person should know or settle: where it is, and its text in both languages."""

    code: str
    page: str
    sheet: int
    params: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: str = "en") -> str:
        """One sentence."""
        return messages.text(self.code, "message", lang, {"sheet": self.sheet, **self.params})

    def remedy(self, lang: str = "en") -> str:
        """What to do about it."""
        document = self.page.rpartition(".")[0]
        return messages.text(
            self.code, "remedy", lang, {"sheet": self.sheet, "page": self.page, "document_id": document, **self.params}
        )


@dataclass(frozen=True, slots=True)
class Split:
    """Every page of the stack in exactly one part, in feed order, and what is to be said of them."""

    parts: tuple[Part, ...]
    problems: tuple[CoverProblem, ...]


def opening_side(separators: Iterable[FedPage]) -> FedPage | None:
    """The side with the readable cover that opens a part; none where a patch sheet or an unreadable cover does."""
    return next((side for side in separators if side.reading.payload is not None), None)

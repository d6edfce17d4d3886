"""Text that remembers where it was printed: rules match the folded text, values come from the printed one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.model import Box, FieldValue
from core.text import fold, nfc

_LOOKALIKES = str.maketrans({"Ƣ": "Ư", "ƣ": "ư", "–": "-", "—": "-", "‐": "-", "−": "-", "⁄": "/", "\u00a0": " "})
"""Glyphs that stand for another, one for one so that offsets stay: the letter OI for U with horn, dashes."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word in a passage; ``box`` is ``None`` where the source is plain text."""

    start: int
    end: int
    page: int
    box: Box | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words on one row of one column, in reading order.

    ``words`` are ``(text, box or None, confidence)``; ``top`` is the row's upper edge as a share (0–1) of the page
    height; ``right`` says that the row stands in the right column of a two-column head.
    """

    words: tuple[tuple[str, Box | None, float], ...]
    page: int
    top: float
    right: bool = False

    @property
    def text(self) -> str:
        """The words with single spaces between them, look-alike glyphs put right."""
        return " ".join(clean(word[0]) for word in self.words)

    @property
    def folded(self) -> str:
        """:attr:`text` in lower case without diacritics, of the same length."""
        return fold(self.text)


@dataclass(frozen=True, slots=True)
class Passage:
    """Segments joined by newlines; ``folded`` has the same offsets as ``text``."""

    text: str
    folded: str
    tokens: tuple[Token, ...]

    def take(self, start: int, end: int, rule: str, prior: float, normal: str | None = None) -> FieldValue:
        """The text from ``start`` to ``end`` as a field.

        Confidence is the rule's prior times the mean confidence of the words touched, weighted by their length;
        the box is the union of the words that stand on the page of the first one.
        """
        touched = [token for token in self.tokens if token.start < end and token.end > start]
        page = touched[0].page if touched else None
        letters = sum(token.end - token.start for token in touched)
        weighed = sum(token.confidence * (token.end - token.start) for token in touched)
        printed = folded_space(self.text[start:end])
        return FieldValue(
            value=printed,
            normal=printed if normal is None else normal,
            confidence=round(prior * (weighed / letters if letters else 1.0), 4),
            page=page,
            box=union(token.box for token in touched if token.page == page),
            rule=rule,
        )


def clean(text: str) -> str:
    """NFC with look-alike glyphs put right, of the same length as ``nfc(text)``."""
    return nfc(text).translate(_LOOKALIKES)


def folded_space(text: str) -> str:
    """Runs of white space as one space, none at the ends."""
    return " ".join(text.split())


def union(boxes: Iterable[Box | None]) -> Box | None:
    """The smallest box around ``boxes``; ``None`` without any."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    return (
        min(box[0] for box in known),
        min(box[1] for box in known),
        max(box[2] for box in known),
        max(box[3] for box in known),
    )


def join(segments: Sequence[Segment]) -> Passage:
    """The segments as one passage, a newline between two."""
    pieces: list[str] = []
    tokens: list[Token] = []
    at = 0
    for segment in segments:
        for raw, box, confidence in segment.words:
            text = clean(raw)
            tokens.append(Token(at, at + len(text), segment.page, box, confidence))
            pieces.append(text + " ")
            at += len(text) + 1
        if segment.words:
            pieces[-1] = pieces[-1][:-1] + "\n"
    text = "".join(pieces)
    return Passage(text, fold(text), tuple(tokens))

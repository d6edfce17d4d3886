"""Reads the crop of a line: text, places of words, confidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.network import Network
from ocr.recogniser.decode import Transcript, decode
from ocr.recogniser.normalise import Grey, as_input, normalise
from ocr.recogniser.words import WordSpan, part_words

_LONGEST = 36
"""Heights of line that the network takes at once; longer lines are cut."""
_BODY = (0.2, 0.85)


SecondLook = Callable[[Transcript, NDArray[np.float32], Sequence[str]], Transcript]
"""From what was read, the logits (classes×steps) and the charset to what was read when more is known of the page."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of a line, as the network saw it."""

    logits: NDArray[np.float32]
    """Classes×steps."""
    transcript: Transcript
    picture: Grey
    """As the network was shown it."""
    start: int
    """Column of the crop at which it begins."""
    across: float
    down: float
    """Pixels of the crop to one of the picture."""

    def words(self) -> list[WordSpan]:
        """Its words, in pixels of the crop."""
        return [self._placed(word) for word in part_words(self.transcript, self.picture)]

    def _placed(self, word: WordSpan) -> WordSpan:
        return replace(
            word,
            left=self.start + word.left * self.across,
            right=self.start + word.right * self.across,
            top=word.top * self.down,
            bottom=word.bottom * self.down,
        )


@dataclass(frozen=True, slots=True)
class LineReading:
    """The words of a line, from left to right, in pixels of the crop."""

    words: tuple[WordSpan, ...]
    pieces: tuple[Piece, ...] = field(default=(), compare=False, repr=False)

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean posterior of the letters; 0.0 where nothing was read."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / letters if letters else 0.0


def read_line(crop: Grey, network: Network, charset: Sequence[str]) -> LineReading:
    """What stands on an even crop, ink dark, of any size."""
    return _joined([_see(crop[:, start:end], start, network, charset) for start, end in _pieces(crop)])


def look_again(reading: LineReading, look: SecondLook, charset: Sequence[str]) -> LineReading:
    """The line as it reads at a second look; the very same object where nothing changes."""
    looks = [look(piece.transcript, piece.logits, charset) for piece in reading.pieces]
    if all(again is piece.transcript for again, piece in zip(looks, reading.pieces, strict=True)):
        return reading
    return _joined([replace(piece, transcript=again) for again, piece in zip(looks, reading.pieces, strict=True)])


def _joined(pieces: Sequence[Piece]) -> LineReading:
    return LineReading(tuple(word for piece in pieces for word in piece.words()), tuple(pieces))


def _see(crop: Grey, start: int, network: Network, charset: Sequence[str]) -> Piece:
    picture = normalise(crop)
    logits = network.run(as_input(picture))[0]
    across, down = crop.shape[1] / picture.shape[1], crop.shape[0] / picture.shape[0]
    return Piece(logits, decode(logits, charset), picture, start, across, down)


def _pieces(crop: Grey) -> list[tuple[int, int]]:
    """A very long line cut at its whitest columns near the even cuts; mostly the whole line."""
    height, width = crop.shape
    count = max(1, -(-width // (height * _LONGEST)))
    if count == 1:
        return [(0, width)]
    body = crop[int(_BODY[0] * height) : int(_BODY[1] * height)]
    light = cv2.blur(body.mean(axis=0, dtype=np.float64)[None], (max(3, height // 5), 1))[0]
    cuts = [0]
    for number in range(1, count):
        even = width * number // count
        first, last = max(cuts[-1] + height, even - 3 * height), min(width - height, even + 3 * height)
        cuts.append(first + int(light[first:last].argmax()) if last > first else even)
    cuts.append(width)
    return list(zip(cuts, cuts[1:], strict=False))

"""Reads the crop of a line: text, places of words, confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.network import Network
from ocr.recogniser.decode import decode
from ocr.recogniser.normalise import Grey, as_input, normalise
from ocr.recogniser.words import WordSpan, part_words

_LONGEST = 36
"""Heights of line that the network takes at once; longer lines are cut."""
_BODY = (0.2, 0.85)


@dataclass(frozen=True, slots=True)
class LineReading:
    """The words of a line, from left to right, in pixels of the crop."""

    words: tuple[WordSpan, ...]

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
    words: list[WordSpan] = []
    for start, end in _pieces(crop):
        piece = crop[:, start:end]
        picture = normalise(piece)
        transcript = decode(network.run(as_input(picture))[0], charset)
        across, down = piece.shape[1] / picture.shape[1], piece.shape[0] / picture.shape[0]
        words += [_placed(word, start, across, down) for word in part_words(transcript, picture)]
    return LineReading(tuple(words))


def _placed(word: WordSpan, start: int, across: float, down: float) -> WordSpan:
    return replace(
        word,
        left=start + word.left * across,
        right=start + word.right * across,
        top=word.top * down,
        bottom=word.bottom * down,
    )


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

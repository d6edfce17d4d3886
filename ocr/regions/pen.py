"""Words that somebody wrote by hand, although a reading of them was given.

Three kinds are told from print: slanting words in blue ink, the number that a clerk pencils in a corner of the page,
and words that the engine hardly believes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.model import Line, Word
from ocr.preprocess.paper import Grey
from ocr.quality import plausible
from ocr.regions.inkpicture import Floats, InkPicture

_INK = 200
_BELIEVED, _BELIEVED_ODD = 0.3, 0.5
"""Least mean confidence of the letters of a word, and of one that neither is Vietnamese nor a number or a code. Of the
40,000 words of the pages measured ten were less sure; of these the pen had written four, and one was right."""
_WELL_READ = 0.93
"""Belief of the other words of a line from which a doubtful one among them is no type."""
_LINE_BELIEVED, _FEW_LETTERS = 0.75, 2
"""Lines less sure and longer are no text where words longer than that make up less than half of it, of those that
could be language: none such was print, but all that is read in scrawls."""
_BLUER, _BLUE = 0.07, 0.2
"""Least blueness of a pen's ink, as a share of all the light it takes: so much more than the page's words have, whose
black may be bluish, or so much in itself. On the aged samples words of the pen have 0.08 to 0.37, black type up to
0.04; violet ribbons reach 0.26, but their type stands upright."""
_ALONE = 0.12
"""How much bluer than the page's words a single word must be."""
_SLANT = 0.08
"""Least mean slant, dx/dy, of the words of a run: 0.1 or more on the samples, 0.0 in blue and violet type."""
_GAP = 2
"""Words in a run stand next to one another, or have one between them of which nothing is known."""
_CORNER_X, _CORNER_Y, _FOLIO_LETTERS = 0.15, 0.1, 4
"""How near the right and upper edges, in shares of the page's sides, folio numbers stand; how long they are."""
_TALL = 1.2
"""Units; a folio number is so high, or paler than nine tenths of the page's words."""
_DARKEST = 8
"""Percent of a word's box; its strokes cover about a fifth."""
_SAMPLE = 25
"""Words of a page that tell how dark its ink is."""
_SHEARS = np.arange(-0.2, 0.61, 0.05)
_LEAST_INK = 12
"""Pixels."""

Place = tuple[int, int]
"""Index of a line and of a word in it."""


def hand_words(picture: InkPicture, lines: Sequence[Line]) -> list[Place]:
    """The words whose ink is a pen's or a pencil's, in reading order."""
    return sorted({*_folios(picture, lines), *_blue_words(picture, lines)})


def scrawled_words(lines: Sequence[Line]) -> list[Place]:
    """The words that are no text, for the engine hardly believes them."""
    scrawled = [_is_scrawled(line) for line in lines]
    return [
        (i, j)
        for i, line in enumerate(lines)
        for j, word in enumerate(line.words)
        if scrawled[i] or (_is_scrawl(word, french=line.language == "fr") and _stands_out(line, j))
    ]


def _stands_out(line: Line, index: int) -> bool:
    """Whether the rest of the line is read so well that not the type but the word's own ink must be at fault."""
    others = [word for number, word in enumerate(line.words) if number != index]
    letters = sum(len(word.text) for word in others)
    return not letters or sum(_belief(word) * len(word.text) for word in others) >= _WELL_READ * letters


def _is_scrawled(line: Line) -> bool:
    """Whether a line is doubtful, and most of it no language."""
    letters = sum(len(word.text) for word in line.words)
    if sum(_belief(word) * len(word.text) for word in line.words) >= _LINE_BELIEVED * letters:
        return False
    longer = (word.text for word in line.words if len(word.text) > _FEW_LETTERS)
    sense = sum(len(text) for text in longer if plausible(text, french=line.language == "fr"))
    return letters > _FEW_LETTERS and sense < letters / 2


def _is_scrawl(word: Word, *, french: bool) -> bool:
    if _belief(word) >= _BELIEVED_ODD or not any(letter.isalnum() for letter in word.text):
        return False
    return _belief(word) < (_BELIEVED if plausible(word.text, french=french) else _BELIEVED_ODD)


def _belief(word: Word) -> float:
    """How sure the letters are on average: the word as a whole is less likely to be right."""
    return sum(word.letters) / len(word.letters) if word.letters else word.confidence


def _folios(picture: InkPicture, lines: Sequence[Line]) -> list[Place]:
    height, width = (side * picture.scale for side in picture.light.shape)
    found, usual = [], None
    for i, line in enumerate(lines):
        if len(line.words) != 1 or len(line.words[0].text) > _FOLIO_LETTERS:
            continue
        x0, _, x1, y1 = line.words[0].box
        if 1 - (x0 + x1) / 2 / width > _CORNER_X or y1 > _CORNER_Y * height:
            continue
        if usual is None:
            words = [word for other in lines for word in other.words]
            usual = np.percentile([_light(picture, word) for word in words[:: 1 + len(words) // _SAMPLE]], 90)
        tall = y1 - line.words[0].box[1] >= _TALL * picture.unit * picture.scale
        if tall or _light(picture, line.words[0]) > usual:
            found.append((i, 0))
    return found


def _light(picture: InkPicture, word: Word) -> float:
    """Light of the darkest part of a word's box, 0–255."""
    even = _cut(picture, word)
    return float(np.percentile(even, _DARKEST)) if even.size else 255.0


def _blue_words(picture: InkPicture, lines: Sequence[Line]) -> list[Place]:
    if picture.blue is None:
        return []
    places = [(i, j) for i, line in enumerate(lines) for j in range(len(line.words))]
    blueness = _blueness(picture.blue, picture, [lines[i].words[j] for i, j in places])
    usual = float(np.median(blueness)) if places else 0.0
    least = max(_BLUER, min(_BLUE, usual + _BLUER))
    surely = set(_chosen(places, blueness, usual + _ALONE))
    found: list[Place] = []
    for run in _runs(_chosen(places, blueness, least)):
        if (len(run) > 1 or run[0] in surely) and _slanting(picture, [lines[i].words[j] for i, j in run]):
            found += run
    return found


def _chosen(places: Sequence[Place], blueness: NDArray[np.float64], least: float) -> list[Place]:
    return [place for place, share in zip(places, blueness, strict=True) if share >= least]


def _runs(blue: Sequence[Place]) -> list[list[Place]]:
    runs: list[list[Place]] = []
    for i, j in blue:
        if runs and runs[-1][-1][0] == i and j - runs[-1][-1][1] <= _GAP:
            runs[-1] += [(i, between) for between in range(runs[-1][-1][1] + 1, j + 1)]
        else:
            runs.append([(i, j)])
    return runs


def _blueness(blue: Floats, picture: InkPicture, words: Sequence[Word]) -> NDArray[np.float64]:
    """For each word how much bluer than black its ink is, as a share of its density."""
    numbers = np.zeros(picture.light.shape, np.int32)
    for number, word in enumerate(words, start=1):
        x0, y0, x1, y1 = (round(edge / picture.scale) for edge in word.box)
        numbers[y0 : y1 + 1, x0 : x1 + 1] = number
    dark = (numbers > 0) & (picture.even < _INK) & ~picture.seals
    whose, count = numbers[dark], len(words) + 1
    density = -np.log(np.maximum(picture.even[dark], 1) / 255)
    bluer = np.bincount(whose, blue[dark], minlength=count)[1:]
    taken = np.bincount(whose, density, minlength=count)[1:]
    enough = np.bincount(whose, minlength=count)[1:] >= _LEAST_INK
    return np.asarray(np.where(enough, bluer / np.maximum(taken, 1e-6), 0.0))


def _slanting(picture: InkPicture, words: Sequence[Word]) -> bool:
    return float(np.mean([_slant(_cut(picture, word)) for word in words])) >= _SLANT


def _cut(picture: InkPicture, word: Word) -> Grey:
    x0, y0, x1, y1 = (round(edge / picture.scale) for edge in word.box)
    return picture.even[y0 : y1 + 1, x0 : x1 + 1]


def _slant(even: Grey) -> float:
    """The shear, dx/dy, that stands strokes upright: their ink then falls into the fewest columns."""
    ys, xs = np.nonzero(even < _INK)
    if ys.size < _LEAST_INK:
        return 0.0
    weight, height = 255.0 - even[ys, xs], even.shape[0]
    columns = (xs + _SHEARS[:, None] * (ys - height / 2) + height).astype(np.int64)
    sharpness = [float((np.bincount(row, weight) ** 2).sum()) for row in columns]
    return float(_SHEARS[int(np.argmax(sharpness))])

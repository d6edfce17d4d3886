"""Line crops to the network's input, its output to letters, letters to words with places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import MissingToolError
from ocr.network import Network
from ocr.noise import is_text
from ocr.recogniser.charset import load_charset, read_charset
from ocr.recogniser.decode import Transcript, decode
from ocr.recogniser.normalise import HEIGHT, NARROWEST, WIDEST, as_input, normalise, stretch
from ocr.recogniser.reading import LineReading, read_line
from ocr.recogniser.words import STEP, WordSpan, part_words

VOWELS = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ"
CHARSET = (" ", *"bcdđghklmnpqrstvx0123456789./-", *VOWELS)


class Echo:
    """A network that sees a letter wherever there is ink in a step, and remembers the widths that it was shown."""

    digest = "echo"

    def __init__(self) -> None:
        self.widths: list[int] = []

    def run(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        self.widths.append(x.shape[3])
        inked = (x[0, 0].min(axis=0)[: x.shape[3] // STEP * STEP].reshape(-1, STEP).min(axis=1) < 0).astype(int)
        return spikes(inked * 2, len(CHARSET) + 1)[None]


def spikes(classes: NDArray[np.int64], count: int, height: float = 12.0) -> NDArray[np.float32]:
    """Logits that are sure of one class at every step."""
    logits = np.zeros((count, len(classes)), np.float32)
    logits[classes, np.arange(len(classes))] = height
    return logits


@given(st.text(CHARSET, max_size=40), st.lists(st.integers(1, 3), min_size=40, max_size=40))
def test_what_ctc_writes_is_read_back(text: str, widths: list[int]) -> None:
    classes: list[int] = []
    middles: list[float] = []
    for letter, width in zip(text, widths, strict=False):
        classes.append(0)
        middles.append(len(classes) + width / 2)
        classes += [CHARSET.index(letter) + 1] * width
    transcript = decode(spikes(np.array([*classes, 0]), len(CHARSET) + 1), CHARSET)
    assert transcript.text == text
    assert transcript.places == tuple(middles)
    assert all(0.98 < confidence <= 1 for confidence in transcript.confidences)


def test_letters_without_a_blank_between_them_are_told_apart_and_repeats_are_one() -> None:
    logits = spikes(np.array([3, 3, 2, 2, 4]), len(CHARSET) + 1)
    logits[:, 1] /= 12
    transcript = decode(logits, CHARSET)
    assert transcript.text == CHARSET[2] + CHARSET[1] + CHARSET[3]
    assert transcript.places == (1.0, 3.0, 4.5)
    assert transcript.confidences[0] > 0.98, "the surest step counts"


@given(st.integers(1, 100), st.integers(1, 2500), st.integers(0, 255))
@settings(deadline=None)
def test_any_crop_becomes_a_line_of_the_networks_height(height: int, width: int, grey: int) -> None:
    picture = normalise(np.full((height, width), grey, np.uint8))
    assert picture.shape[0] == HEIGHT and NARROWEST <= picture.shape[1] <= WIDEST
    if NARROWEST < width * HEIGHT / height < WIDEST:
        assert picture.shape[1] == pytest.approx(width * HEIGHT / height, abs=0.51)
    inputs = as_input(picture)
    assert inputs.shape == (1, 1, *picture.shape) and -0.5 <= inputs.min() <= inputs.max() <= 0.5


@given(st.integers(0, 120), st.integers(140, 255))
def test_contrast_is_stretched_between_the_first_and_the_ninety_fifth_percentile(ink: int, paper: int) -> None:
    crop = np.full((HEIGHT, 200), paper, np.uint8)
    crop[10:20, 20:60] = ink
    stretched = stretch(crop)
    assert stretched[15, 30] == 0 and stretched[0, 0] >= 254
    assert stretch(np.full((HEIGHT, 90), ink, np.uint8)).min() == 255, "what has no contrast is paper"


def word_line(places: list[tuple[int, int]], width: int = 400) -> NDArray[np.uint8]:
    picture = np.full((HEIGHT, width), 255, np.uint8)
    for left, right in places:
        picture[12:38, left:right] = 0
    return picture


def test_words_are_drawn_together_to_their_ink() -> None:
    picture = word_line([(20, 80), (110, 200), (230, 390)])
    transcript = Transcript("tòa án dân", (6, 10, 18, 24, 30, 45, 53, 60, 75, 90), (0.9, 1.0, 0.8) + (1.0,) * 7)
    words = part_words(transcript, picture)
    assert [word.text for word in words] == ["tòa", "án", "dân"]
    assert [(word.left + 1, word.right - 1) for word in words] == [(20, 80), (110, 200), (230, 390)]
    assert {(word.top + 1, word.bottom - 1) for word in words} == {(12, 38)}
    assert words[0].confidence == pytest.approx(0.9)


@given(st.lists(st.tuples(st.integers(8, 60), st.integers(14, 40)), min_size=1, max_size=8))
def test_every_word_gets_the_ink_under_its_letters_and_no_other(shapes: list[tuple[int, int]]) -> None:
    places, text, middles, x = [], "", [], 10
    for width, gap in shapes:
        places.append((x, x + width))
        middles += [(x + 2) / STEP, (x + width - 2) / STEP, (x + width + gap / 2) / STEP]
        text += "án "
        x += width + gap
    transcript = Transcript(text[:-1], tuple(middles[:-1]), (1.0,) * (len(text) - 1))
    words = part_words(transcript, word_line(places, x + 10))
    assert [(word.left + 1, word.right - 1) for word in words] == places


def test_a_word_without_ink_keeps_a_place_of_its_own() -> None:
    (word,) = part_words(Transcript("án", (5.0, 7.0), (0.5, 0.5)), np.full((HEIGHT, 100), 255, np.uint8))
    assert (word.left, word.right) == (0, 100) and word.bottom > word.top


def test_a_very_long_line_is_cut_between_words_and_no_ink_is_lost() -> None:
    words = [(start, start + 90) for start in range(20, 4200, 130)]
    echo = Echo()
    reading = read_line(word_line(words, 4300), echo, CHARSET)
    assert len(echo.widths) == 3 and max(echo.widths) <= WIDEST
    assert reading.words[0].left == 19 and reading.words[-1].right == words[-1][1] + 1


def test_an_empty_line_reads_as_nothing() -> None:
    reading = read_line(np.full((HEIGHT, 300), 255, np.uint8), Echo(), CHARSET)
    assert reading == LineReading(()) and reading.text == "" and reading.confidence == 0.0


def reading_of(text: str, confidence: float) -> LineReading:
    return LineReading(tuple(WordSpan(part, 0, 0, 9, 9, (confidence,) * len(part)) for part in text.split()))


@pytest.mark.parametrize(
    ("text", "confidence", "ink", "kept"),
    [
        ("Tòa án nhân dân huyện Đắk Hà", 0.97, 30, True),
        ("Tòa án nhân dan huyên Đăk Ha", 0.6, 90, True),
        ("nHi Loua q022 gsO", 0.6, 235, False),
        ("nHi Loua q022 gsO", 0.4, 30, False),
        ("3", 0.8, 30, True),
        ("C", 0.3, 30, False),
        ("......", 0.8, 30, False),
        ("", 0.0, 30, False),
    ],
)
def test_what_the_recogniser_does_not_believe_is_no_text(text: str, confidence: float, ink: int, kept: bool) -> None:
    crop = np.full((HEIGHT, 300), 255, np.uint8)
    crop[10:30, 10:250] = ink
    assert is_text(reading_of(text, confidence), crop) is kept


def test_the_shipped_letters_are_those_of_vietnamese_at_least() -> None:
    charset = load_charset()
    assert set(CHARSET) <= set(charset) and len(set(charset)) == len(charset) and charset[0] == " "


@pytest.mark.parametrize("content", [b"<space>\nab\n", b"<space>\n\nb\n", b"\xff\xfe"])
def test_a_damaged_list_of_letters_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "charset.txt").write_bytes(content)
    with pytest.raises(MissingToolError) as caught:
        read_charset(tmp_path / "charset.txt")
    assert caught.value.code == "ocr.weights-missing" and "charset.txt" in caught.value.message("vi")


def test_missing_and_damaged_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingToolError):
        Network(tmp_path / "recogniser.onnx")
    (tmp_path / "recogniser.onnx").write_bytes(b"no network")
    with pytest.raises(MissingToolError) as caught:
        Network(tmp_path / "recogniser.onnx").run(np.zeros((1, 1, 48, 48), np.float32))
    assert "recogniser.onnx" in caught.value.message("en")

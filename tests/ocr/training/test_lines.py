"""Text and pictures of training lines."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import islice

import numpy as np
import pytest

from ocr.training import french
from ocr.training import text as texts
from ocr.training.ageing import INK_EFFECTS, PICTURE_EFFECTS, Effect, aged
from ocr.training.chance import Chance
from ocr.training.charset import CHARACTERS, CLASSES, FRENCH, VIETNAMESE, writable
from ocr.training.fonts import FaceBook
from ocr.training.line_images import LineInk, draw_line
from ocr.training.lines import LineMaker, batch_of
from ocr.training.text import LineText


def test_lines_hold_nothing_that_has_no_class(line_text: LineText) -> None:
    chance = Chance(3)
    for _ in range(500):
        line = line_text.line(chance)
        assert line == writable(line) != ""


def test_every_character_is_drawn_sooner_or_later() -> None:
    chance = Chance(4)
    drawn = Counter("".join(texts.signs(chance) for _ in range(4000)))
    assert set(drawn) == set(CHARACTERS) - {" "}


def test_every_character_has_a_face(faces: FaceBook) -> None:
    assert frozenset().union(*(face.letters for face in faces.faces)) == frozenset(CHARACTERS) - {" "}


def test_french_sentences_use_every_french_letter() -> None:
    chance = Chance(5)
    written = "".join(french.sentence(chance) + french.words(chance, 5) for _ in range(3000))
    assert set(written + written.upper()) >= FRENCH
    assert set(unicodedata.normalize("NFC", written)) <= set(CHARACTERS)


def test_made_syllables_are_vietnamese_with_at_most_one_tone() -> None:
    chance = Chance(6)
    for _ in range(500):
        syllable = texts.made_syllable(chance)
        assert set(syllable) <= VIETNAMESE, syllable
        marks = [mark for mark in unicodedata.normalize("NFD", syllable) if mark in "\u0300\u0301\u0303\u0309\u0323"]
        assert len(marks) <= 1, syllable


def test_the_same_seed_draws_the_same_lines(line_text: LineText, faces: FaceBook) -> None:
    first, again = (list(islice(LineMaker(line_text, faces).lines(7), 12)) for _ in range(2))
    assert [line.text for line in first] == [line.text for line in again]
    assert all(np.array_equal(one.picture, other.picture) for one, other in zip(first, again, strict=True))
    assert [line.text for line in islice(LineMaker(line_text, faces).lines(8), 12)] != [line.text for line in first]


def test_a_line_has_room_for_its_text(line_text: LineText, faces: FaceBook) -> None:
    for line in islice(LineMaker(line_text, faces).lines(9), 60):
        assert line.picture.shape[0] == 48
        assert 24 <= line.picture.shape[1] <= 1920
        assert line.picture.shape[1] // 4 >= len(line.text)


def test_a_face_without_a_letter_is_not_drawn_for_it(faces: FaceBook) -> None:
    for seed in range(20):
        face, text = faces.draw("Cœur de Đắk Hà №", Chance(seed))
        assert face.letters >= set(text) - {" "}
        assert text == "Cœur de Đắk Hà №"


def test_batches_pad_with_white_and_number_their_classes(line_text: LineText, faces: FaceBook) -> None:
    lines = list(islice(LineMaker(line_text, faces).lines(10), 3))
    batch = batch_of(lines, 1920)
    assert batch.pictures.shape == (3, 1, 48, 1920)
    assert batch.pictures[0, 0, :, lines[0].picture.shape[1] :].min(initial=255) == 255
    assert "".join(CHARACTERS[number - 1] for number in batch.targets[: batch.lengths[0]]) == lines[0].text
    assert 0 < batch.targets.min() <= batch.targets.max() < CLASSES
    assert (batch.columns >= batch.lengths).all()


@pytest.fixture
def ink(faces: FaceBook) -> LineInk:
    """A typed line."""
    face = next(face for face in faces.faces if face.path.name == "texgyrecursor-regular.otf")
    line = draw_line("Hội đồng xét xử nhận định", face, Chance(1))
    assert line is not None
    return line


def test_ink_stands_around_the_baseline(ink: LineInk) -> None:
    rows = np.nonzero((ink.ink > 0.3).any(axis=1))[0]
    assert rows[0] < ink.baseline < rows[-1]
    assert 0 <= ink.ink.min() <= ink.ink.max() <= 1


@pytest.mark.parametrize("effect", [effect for _, effect in INK_EFFECTS], ids=lambda effect: str(effect.__name__))
def test_ink_effects_change_the_ink_and_keep_its_range(ink: LineInk, effect: Effect) -> None:
    changed = effect(ink.ink, ink, Chance(2))
    assert changed.shape == ink.ink.shape
    assert changed.dtype == np.float32
    assert -1e-6 <= changed.min() <= changed.max() <= 1 + 1e-6
    assert not np.array_equal(changed, ink.ink)


@pytest.mark.parametrize("effect", [effect for _, effect in PICTURE_EFFECTS], ids=lambda effect: str(effect.__name__))
def test_picture_effects_keep_letters_darker_than_paper(ink: LineInk, effect: Effect) -> None:
    clean = 230 - 200 * ink.ink
    changed = effect(clean, ink, Chance(3))
    assert changed.shape == clean.shape
    assert not np.array_equal(changed, clean)
    assert changed[ink.ink > 0.8].mean() < changed[ink.ink < 0.1].mean() - 30


def test_ageing_is_the_same_for_the_same_seed(ink: LineInk) -> None:
    assert np.array_equal(aged(ink, Chance(11)), aged(ink, Chance(11)))
    assert not np.array_equal(aged(ink, Chance(11)), aged(ink, Chance(12)))

"""Class numbers, and their agreement with the shipped weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocr.network import WEIGHTS, Network
from ocr.recogniser.charset import read_charset
from ocr.training import charset


def test_all_vietnamese_and_french_letters_have_classes() -> None:
    assert len(charset.VIETNAMESE) == 186
    assert set(charset.CHARACTERS) >= charset.VIETNAMESE | charset.FRENCH
    assert len(set(charset.CHARACTERS)) == len(charset.CHARACTERS)


def test_writable_text_is_nfc_without_what_has_no_class() -> None:
    assert charset.writable("To\u0300a  án\t… nghĩa vụ ¬ α") == "Tòa án ... nghĩa vụ"


def test_a_character_without_a_class_is_an_error() -> None:
    with pytest.raises(KeyError):
        charset.classes("α")


def test_saved_charset_is_read_back(tmp_path: Path) -> None:
    charset.save(tmp_path / "charset.txt")
    assert read_charset(tmp_path / "charset.txt") == tuple(charset.CHARACTERS)


def test_shipped_charset_is_the_one_that_training_uses() -> None:
    assert read_charset(WEIGHTS / "charset.txt") == tuple(charset.CHARACTERS)


def test_shipped_recogniser_has_a_score_for_every_class_at_a_quarter_of_the_width() -> None:
    scores = Network(WEIGHTS / "recogniser.onnx").run(np.zeros((2, 1, 48, 96), np.float32))
    assert scores.shape == (2, charset.CLASSES, 24)


def test_shipped_finder_gives_four_maps_at_a_quarter() -> None:
    maps = Network(WEIGHTS / "linefinder.onnx").run(np.zeros((1, 1, 128, 96), np.float32))
    assert maps.shape == (1, 4, 32, 24)

"""Tesseract's hOCR and the real program."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ButlucError, MissingToolError
from ocr.tesseract import TesseractEngine, is_noise, parse_hocr
from tests.ocr.conftest import Typeset

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><body><div class="ocr_page">{lines}</div></body></html>"""
WORD = "<span class='ocrx_word' title='bbox {box}; x_wconf {confidence}'>{text}</span>"


def hocr(title: str, *words: tuple[str, str, int], kind: str = "ocr_line") -> bytes:
    inner = "".join(WORD.format(text=text, box=box, confidence=confidence) for text, box, confidence in words)
    return PAGE.format(lines=f"<span class='{kind}' title=\"{title}\">{inner}</span>").encode()


def test_words_baseline_and_language_are_taken_over() -> None:
    title = "bbox 100 50 500 90; baseline 0.01 -8; x_size 40"
    (line,) = parse_hocr(hocr(title, ("Tòa", "100 50 180 90", 96), ("án", "200 55 240 88", 41)), "vi")
    assert [(word.text, word.box, word.confidence) for word in line.words] == [
        ("Tòa", (100, 50, 180, 90), 0.96),
        ("án", (200, 55, 240, 88), 0.41),
    ]
    assert line.box == (100, 50, 240, 90) and line.language == "vi"
    assert line.baseline == pytest.approx((100, 82, 240, 83.4))


def test_text_is_normalised_to_composed_letters() -> None:
    (line,) = parse_hocr(hocr("bbox 0 0 9 9", ("Tòa", "0 0 9 9", 90)), "vi")
    assert line.text == "Tòa"


@pytest.mark.parametrize(
    ("turn", "baseline"), [(90, (30, 200, 30, 10)), (180, (30, 10, 10, 10)), (270, (10, 10, 10, 200))]
)
def test_text_on_its_side_has_a_baseline_in_reading_direction(turn: int, baseline: tuple[float, ...]) -> None:
    (line,) = parse_hocr(hocr(f"bbox 10 10 30 200; textangle {turn}; x_size 20", ("Số", "10 10 30 200", 90)), "vi")
    assert line.baseline == baseline


@pytest.mark.parametrize("baseline", ["", "; baseline -395 4345", "; baseline 393 -4716"])
def test_text_on_its_side_is_known_without_a_named_angle(baseline: str) -> None:
    climbing = [("Tòa", "10 140 40 200", 90), ("án", "10 60 40 120", 90)]
    (line,) = parse_hocr(hocr(f"bbox 10 60 40 200{baseline}", *climbing), "vi")
    assert line.baseline == (40, 200, 40, 60)
    (line,) = parse_hocr(hocr(f"bbox 10 60 40 200{baseline}", *reversed(climbing)), "vi")
    assert line.baseline == (10, 60, 10, 200)


def test_level_line_without_a_baseline_rests_on_its_box() -> None:
    (line,) = parse_hocr(hocr("bbox 10 60 400 90", ("Tòa", "10 60 400 90", 90)), "vi")
    assert line.baseline == (10, 90, 400, 90)


def test_noise_goes_and_text_stays() -> None:
    words = [("—", "0 0 9 9", 12), (" ", "0 0 9 9", 95), ("7", "10 0 19 9", 0), ("-", "20 0 29 9", 80)]
    words.append(("đ", "30 0 39 9", 1))
    (line,) = parse_hocr(hocr("bbox 0 0 99 9", *words), "vi")
    assert line.text == "7 - đ"
    assert parse_hocr(hocr("bbox 0 0 99 9", ("|~", "0 0 9 9", 5)), "vi") == []


@given(st.text(min_size=1), st.floats(0, 1))
def test_a_word_with_a_letter_or_digit_is_never_noise(text: str, confidence: float) -> None:
    assert not is_noise(text + "ồ", confidence) and not is_noise("5" + text, confidence)


@pytest.mark.parametrize("data", [b"", b"<html>", b"\xff\xfe\x00", PAGE.encode()[:80], b"no markup at all"])
def test_damaged_output_is_an_error_that_names_the_engine(data: bytes) -> None:
    with pytest.raises(ButlucError) as caught:
        parse_hocr(data, "vi")
    assert caught.value.code == "ocr.engine-failed"


def test_real_program_reads_vietnamese_and_leaves_the_environment_alone(
    typeset: Typeset, judgment: tuple[str, ...]
) -> None:
    before = dict(os.environ)
    engine = TesseractEngine(timeout=120)
    lines = engine.read(np.ascontiguousarray(typeset(judgment[:3])[:, :, 0]), ["vie"])
    assert [line.text for line in lines] == list(judgment[:3])
    assert dict(os.environ) == before
    assert engine.name_version.startswith("tesseract 5")


def test_missing_language_names_the_debian_package() -> None:
    with pytest.raises(MissingToolError) as caught:
        TesseractEngine(timeout=60).read(np.full((80, 200), 255, np.uint8), ["lao"])
    assert caught.value.code == "ocr.language-missing"
    assert "tesseract-ocr-lao" in caught.value.remedy("vi") and "lao" in caught.value.message("en")


@pytest.mark.parametrize("language", ["../../etc/passwd", "vie --psm 0", "", "vie;ls"])
def test_language_that_is_no_code_never_reaches_the_program(language: str) -> None:
    with pytest.raises(MissingToolError):
        TesseractEngine(timeout=60).read(np.full((80, 200), 255, np.uint8), [language])


def test_time_limit_ends_the_program(typeset: Typeset, judgment: tuple[str, ...]) -> None:
    with pytest.raises(ButlucError) as caught:
        TesseractEngine(timeout=0.01).read(np.ascontiguousarray(typeset(judgment)[:, :, 0]), ["vie"])
    assert caught.value.code == "ocr.timeout"


def test_page_of_one_pixel_is_read_as_empty_or_refused_with_a_reason() -> None:
    try:
        assert TesseractEngine(timeout=60).read(np.full((1, 1), 255, np.uint8), ["vie"]) == []
    except ButlucError as error:
        assert error.code == "ocr.engine-failed"

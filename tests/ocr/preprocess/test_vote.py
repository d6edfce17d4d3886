"""A document's pages lie as most of them say, unless a page proves otherwise."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.butluc import make_butluc
from ocr.options import OcrOptions
from ocr.preprocess.paper import to_grey
from ocr.preprocess.vote import STRONG, Finding, vote
from tests.ocr.conftest import Typeset

findings = st.builds(Finding, st.sampled_from((0, 90, 180, 270)), st.floats(0, 1), st.booleans())


def test_a_doubtful_page_follows_the_others_and_a_sure_one_does_not() -> None:
    sure, doubtful, turned = Finding(180, 0.6, False), Finding(0, 0.02, False), Finding(0, 0.5, False)
    assert vote([sure, sure, doubtful, turned, sure]) == (180, 180, 180, 0, 180)


def test_tables_across_are_asked_about_one_another_only() -> None:
    text, table, doubtful = Finding(0, 0.9, False), Finding(90, 0.5, True), Finding(0, 0.01, True)
    assert vote([text, text, table, doubtful]) == (0, 0, 90, 90)
    assert vote([text, text, doubtful]) == (0, 0, 0)


def test_doubts_do_not_add_up_and_equal_votes_leave_the_page_its_own() -> None:
    weak = Finding(180, STRONG / 2, False)
    assert vote([weak] * 20 + [Finding(90, 0.0, False)])[-1] == 90
    assert vote([Finding(0, 0.5, False), Finding(180, 0.5, False), Finding(180, 0.1, False)])[-1] == 180


@given(st.lists(findings, max_size=12))
def test_every_page_gets_a_rotation_and_sure_pages_their_own(pages: list[Finding]) -> None:
    rotations = vote(pages)
    assert len(rotations) == len(pages)
    assert all(r == page.rotation for r, page in zip(rotations, pages, strict=True) if page.sureness >= STRONG)


@pytest.mark.parametrize("turned", [None, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE])
def test_a_page_of_text_is_sure_how_it_lies_and_a_blank_one_is_not(
    typeset: Typeset, judgment: tuple[str, ...], turned: int | None
) -> None:
    engine, page = make_butluc(OcrOptions()), to_grey(typeset(judgment))
    lying = page if turned is None else np.ascontiguousarray(cv2.rotate(page, turned))
    assert engine.read(lying, ()).sureness >= STRONG
    assert engine.read(np.full((900, 700), 235, np.uint8), ()).sureness == 0.0

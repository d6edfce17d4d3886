"""A JPEG 2000 picture says its resolution, in boxes that ISO/IEC 15444-1 describes, and is the same picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imaging.jp2 import with_resolution

PIXELS = np.random.default_rng(7).integers(0, 256, (24, 17, 3), np.uint8)


def encoded() -> bytes:
    whole = io.BytesIO()
    Image.fromarray(PIXELS).save(whole, "JPEG2000", irreversible=False)
    return whole.getvalue()


PLAIN = encoded()


@given(st.one_of(st.integers(1, 65_535).map(float), st.integers(100, 65_500).map(lambda n: n / 100)))
def test_the_resolution_is_read_back_and_the_picture_is_the_same(dpi: float) -> None:
    with Image.open(io.BytesIO(with_resolution(PLAIN, dpi))) as image:
        assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.005)
        assert np.array_equal(np.asarray(image), PIXELS)


def test_300_dpi_are_in_both_boxes_as_the_standard_writes_them() -> None:
    made = with_resolution(PLAIN, 300)
    value = bytes.fromhex("7530 00fe 7530 00fe 02 02")  # 30000 / 254 · 10² points a metre
    head = made.index(b"jp2h")
    length = int.from_bytes(made[head - 4 : head], "big")
    boxes = b"\0\0\0\x2cres " + b"\0\0\0\x12resc" + value + b"\0\0\0\x12resd" + value
    assert made[head - 4 : head - 4 + length].endswith(boxes)
    assert len(made) == len(PLAIN) + 44


def test_a_picture_that_says_it_already_is_left_alone() -> None:
    made = with_resolution(PLAIN, 300)
    assert with_resolution(made, 200) == made


@pytest.mark.parametrize(("picture", "dpi"), [(b"", 300), (PLAIN[-200:], 300), (PLAIN, 0), (PLAIN, 70_000)])
def test_what_cannot_be_kept_is_refused(picture: bytes, dpi: float) -> None:
    with pytest.raises(ValueError):
        with_resolution(picture, dpi)

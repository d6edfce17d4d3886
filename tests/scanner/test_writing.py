"""Masters as they are written: what they say of themselves is true without the journal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imaging.inspect import inspect
from imaging.raster import load_image
from scanner.driver import Picture
from scanner.options import Codec
from scanner.writing import write_picture


@pytest.mark.parametrize("codec", Codec)
def test_masters_of_every_codec_say_300_dpi_themselves(tmp_path: Path, codec: Codec) -> None:
    picture = Picture(np.full((30, 20, 3), 200, np.uint8), 300.0)
    path = write_picture(picture, tmp_path / "trang", codec)
    assert inspect(path).frames[0].dpi == 300.0
    assert np.array_equal(load_image(path), picture.pixels)


def test_a_device_that_states_no_resolution_has_none_invented(tmp_path: Path) -> None:
    path = write_picture(Picture(np.full((30, 20), 200, np.uint8), 0.0), tmp_path / "trang", Codec.JPEG2000)
    assert inspect(path).frames[0].dpi is None

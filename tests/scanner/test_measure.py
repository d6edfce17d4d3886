"""Resolution is believed, assumed or flagged; geometry is advice."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from core.config import fill
from core.errors import BadInputError
from core.model import Flag
from scanner.measure import assumed_dpi, believed_dpi, measure
from scanner.options import Colour, ScanOptions
from tests.scanner.helpers import draw

A4 = ScanOptions()


@pytest.mark.parametrize(
    ("size", "stated", "expected"),
    [
        ((2480, 3508), 300.0, 300.0),
        ((3508, 2480), 300.0, 300.0),
        ((595, 842), 72.0, 72.0),
        ((3000, 4000), 72.0, None),
        ((3000, 4000), 96.0, None),
        ((2480, 3508), 1.0, None),
        ((2480, 3508), 5000.0, None),
        ((2480, 3508), None, None),
        ((600, 900), 300.0, 300.0),
    ],
)
def test_stated_resolution_is_believed_unless_it_cannot_be(
    size: tuple[int, int], stated: float | None, expected: float | None
) -> None:
    assert believed_dpi(*size, stated, A4) == expected


def test_assumed_resolution_fits_the_picture_on_the_paper() -> None:
    assert assumed_dpi(2480, 3508, A4) == pytest.approx(300, abs=0.1)
    assert assumed_dpi(3508, 2480, A4) == pytest.approx(300, abs=0.1)
    dpi = assumed_dpi(3000, 4000, A4)
    assert 3000 / dpi * 25.4 <= 210.01 and 4000 / dpi * 25.4 <= 297.01


@pytest.mark.parametrize(
    ("dpi", "size", "flags"),
    [
        (300, (2480, 3508), set()),
        (150, (1240, 1754), {Flag.LOW_RESOLUTION}),
        (None, (2480, 3508), {Flag.DPI_ASSUMED}),
        (72, (3000, 4000), {Flag.DPI_ASSUMED, Flag.GEOMETRY}),
        (300, (2480, 3000), {Flag.GEOMETRY}),
        (None, (400, 566), {Flag.DPI_ASSUMED, Flag.LOW_RESOLUTION}),
    ],
)
def test_flags_of_a_page(tmp_path: Path, dpi: int | None, size: tuple[int, int], flags: set[Flag]) -> None:
    draw(7, size).save(tmp_path / "a.jpg", **({"dpi": (dpi, dpi)} if dpi else {}))
    _, (page,) = measure(tmp_path / "a.jpg", A4)
    assert page.flags == flags
    assert (page.width, page.height) == size


def test_blank_threshold_is_the_profiles(tmp_path: Path) -> None:
    Image.new("RGB", (2480, 3508), (240, 232, 210)).save(tmp_path / "trắng.jpg", dpi=(300, 300))
    _, (page,) = measure(tmp_path / "trắng.jpg", A4)
    assert page.flags == {Flag.BLANK} and page.blank_score == 1.0


def test_options_come_from_the_table_of_a_profile() -> None:
    table = {"paper_mm": [297, 420], "duplex": True, "colour": "grey", "min_dpi": 150}
    options = fill(ScanOptions, table, file="court-a3.toml", where="scan.")
    assert (options.paper_mm, options.sides, options.colour) == ((297.0, 420.0), 2, Colour.GREY)
    for wrong in ({"paper_mm": [0, 297]}, {"blank_threshold": 2.0}, {"colour": "xám"}, {"dpis": 3}, {"max_pages": 0}):
        with pytest.raises(BadInputError):
            fill(ScanOptions, wrong, file="court-a4.toml", where="scan.")

"""Printed covers: one page each, every Vietnamese letter embedded, black on white, codes large enough."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from pdf2image import convert_from_bytes

from core.errors import UsageError
from core.text import nfc
from scanner.covers.payload import CoverPayload, grouped, new_cover
from scanner.covers.printing import A4, Imprint, cover_paper, cover_pdf
from scanner.covers.reading import Found, read_cover

IMPRINT = Imprint(
    datetime(2026, 11, 23, 10, 15, tzinfo=timezone(timedelta(hours=7))),
    "Đặng Thị Ngọc Huyễn",
    "Tòa án nhân dân thành phố Hà Nội",
    {"02": "Quyết định"}.__getitem__,
)
WHOLE = new_cover("TAND-HN.HS.1987.00123", sheets=412)
DECISION = new_cover("TAND-HN.HS.1987.00123", document=12, kind="02")
LETTERS = new_cover("hồ-sơ_ỷ-lại_Ễ-ỡ-ậ.1987.1")
LONGEST = new_cover("ễ" * 100)


def text_of(tmp_path: Path, pdf: bytes) -> list[str]:
    path = tmp_path / "to-bia.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True)
    return [" ".join(nfc(page).split()) for page in done.stdout.split("\f")[:-1]]


def test_the_same_is_said_in_plain_vietnamese(tmp_path: Path) -> None:
    first, second, third, patch = text_of(tmp_path, cover_pdf([WHOLE, DECISION, LETTERS], 1, IMPRINT))
    for said in ("TỜ BÌA", "ĐẦU TỜ", "Cả hồ sơ", "Tòa án nhân dân thành phố Hà Nội", "Đặng Thị Ngọc Huyễn"):
        assert said in first
    for said in ("TAND-HN.HS.1987.00123", "Số tờ khai 412", grouped(WHOLE.print_id), WHOLE.text, "10:15 23/11/2026"):
        assert said in first
    assert "Tài liệu số 12 – Quyết định" in second and DECISION.text in second
    assert LETTERS.case_file in third
    assert "TỜ NGĂN TÀI LIỆU" in patch


def test_fonts_are_embedded(tmp_path: Path) -> None:
    path = tmp_path / "to-bia.pdf"
    path.write_bytes(cover_pdf([WHOLE], 0, IMPRINT))
    done = subprocess.run(["pdffonts", path], check=True, capture_output=True, text=True)
    fonts = [line.split()[-5:] for line in done.stdout.splitlines()[2:]]
    assert len(fonts) == 2 and all(emb == sub == uni == "yes" for emb, sub, uni, *_ in fonts)


@pytest.mark.parametrize("cover", [WHOLE, DECISION, LETTERS], ids=["whole", "document", "letters"])
@pytest.mark.parametrize("paper", [A4, (148.0, 210.0)], ids=["A4", "A5"])
def test_what_is_printed_is_read(cover: CoverPayload, paper: tuple[float, float]) -> None:
    (page,) = convert_from_bytes(cover_pdf([cover], 0, IMPRINT, paper), dpi=200)
    assert np.abs(np.array(page.size) / 200 * 25.4 - paper).max() < 0.2
    reading = read_cover(np.asarray(page), 200)
    assert (reading.found, reading.payload, reading.turn) == (Found.COVER, cover, 0)


def test_the_longest_identifier_fits_a4_and_is_refused_where_its_modules_would_be_too_small() -> None:
    (page,) = convert_from_bytes(cover_pdf([LONGEST], 0, IMPRINT), dpi=200)
    assert read_cover(np.asarray(page), 200).payload == LONGEST
    with pytest.raises(UsageError):
        cover_pdf([LONGEST], 0, IMPRINT, (148.0, 210.0))


def test_black_on_white_and_nothing_at_the_edges() -> None:
    (page,) = convert_from_bytes(cover_pdf([DECISION], 0, IMPRINT), dpi=100)
    pixels = np.asarray(page).astype(int)
    assert (pixels.max(axis=2) - pixels.min(axis=2)).max() <= 2
    edge = round(9 / 25.4 * 100)
    inner = pixels[edge:-edge, edge:-edge]
    assert inner.min() < 30 and pixels.sum() - inner.sum() == 255 * (pixels.size - inner.size)


@pytest.mark.parametrize(
    ("paper", "made"),
    [
        ((210.0, 297.0), (210.0, 297.0)),
        ((297.0, 210.0), (210.0, 297.0)),
        ((297.0, 420.0), (297.0, 420.0)),
        ((841.0, 1189.0), A4),
        ((60.0, 90.0), A4),
    ],
)
def test_covers_have_the_size_of_the_paper_where_it_can_be_printed(
    paper: tuple[float, float], made: tuple[float, float]
) -> None:
    assert cover_paper(paper) == made

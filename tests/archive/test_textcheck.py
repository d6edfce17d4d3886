"""A text layer is there when a viewer finds on each page what was read on it."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from archive.about import DocumentAbout
from archive.document import build_pdf
from archive.options import PdfOptions
from archive.textcheck import check_text
from core.files import sha256_file
from core.model import Line, MasterKind, PageImage, RecognizedPage, VerdictState, Word
from support.line import LETTER, MINUTES, draw_page

ABOUT = DocumentAbout(
    "TAND-HN.DS.1987.00042.0000001",
    "TAND-HN.DS.1987.00042",
    "Biên bản",
    "vi",
    "Tòa án nhân dân thành phố Hà Nội",
    "Nguyễn Thị Hòa",
    "2026-11-23T10:00:00+07:00",
    "court-a4",
)
FEW = "Số 7"


def page(text: str, folder: Path, number: int) -> tuple[PageImage, RecognizedPage]:
    """A drawn page and what was read on it, word by word."""
    path = draw_page(text, folder / f"{number}.png", dpi=100)
    lines = []
    for row, sentence in enumerate(text.splitlines()):
        top = 100 + 40 * row
        words = tuple(
            Word(part, (20 + 50 * place, top, 60 + 50 * place, top + 20), 0.99)
            for place, part in enumerate(sentence.split())
        )
        if words:
            box = (20, top, words[-1].box[2], top + 20)
            lines.append(Line(words, box, (20.0, top + 16.0, float(box[2]), top + 16.0), "vi"))
    image = PageImage(
        f"p{number}", path, sha256_file(path), MasterKind.IMAGE, 0, 827, 1169, 100.0, "colour", "b", number, "t", 0.0
    )
    return image, RecognizedPage(827, 1169, 0, 0.0, 1.0, "vi", "thử", lines=tuple(lines))


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    texts = (LETTER, MINUTES, FEW)
    build_pdf(
        folder / "a.pdf", [page(text, folder, number) for number, text in enumerate(texts, 1)], ABOUT, PdfOptions()
    )
    return folder / "a.pdf"


def test_what_was_read_is_found_on_its_page(pdf: Path) -> None:
    verdict = check_text(pdf, [LETTER.split(), MINUTES.split(), FEW.split()])
    assert verdict.state is VerdictState.PASSED, verdict.problems
    assert verdict.details["words"] == verdict.details["found"] != "0"


def test_words_of_another_page_are_not_taken_for_its_own(pdf: Path) -> None:
    verdict = check_text(pdf, [MINUTES.split(), LETTER.split(), FEW.split()])
    assert verdict.state is VerdictState.FAILED
    assert [problem.partition(":")[0] for problem in verdict.problems] == ["page 1", "page 2"]


@pytest.mark.parametrize("damage", ["no text", "fewer pages"])
def test_a_page_without_its_words_is_named(pdf: Path, tmp_path: Path, damage: str) -> None:
    with pikepdf.open(pdf) as opened:
        if damage == "no text":
            opened.pages[2].Contents = opened.make_stream(b"q Q")
        else:
            del opened.pages[2]
        opened.save(tmp_path / "b.pdf")
    verdict = check_text(tmp_path / "b.pdf", [LETTER.split(), MINUTES.split(), FEW.split()])
    assert verdict.state is VerdictState.FAILED and verdict.problems == ("page 3: 0 of 2 words",)


def test_pages_without_words_ask_for_nothing_and_an_unreadable_file_is_not_called_good(tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7 rotten")
    assert check_text(tmp_path / "c.pdf", [[], ["…", "-"]]).state is VerdictState.PASSED
    assert check_text(tmp_path / "c.pdf", [["bút"]]).state is VerdictState.NOT_VERIFIED

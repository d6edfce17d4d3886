from __future__ import annotations

import numpy as np
import pytest

from samples.canvas import Paper
from samples.fonts import FACES, FontBook
from samples.layout import RenderedPage, render_document
from samples.markup import Word, blocks, form_fields, words
from samples.setting import Style

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ0123456789.,;:-/()"
STYLE = Style("termes", seal="TÒA ÁN NHÂN DÂN HUYỆN SƠN THƯỢNG")


@pytest.fixture(scope="module")
def book() -> FontBook:
    return FontBook()


def rendered(text: str, book: FontBook, style: Style = STYLE, seed: int = 5) -> list[RenderedPage]:
    return render_document(text, style, book, dpi=72, seed=seed, first_folio=31)


@pytest.mark.parametrize("face", sorted(FACES))
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("italic", [False, True])
def test_every_face_has_all_vietnamese_letters(face: str, bold: bool, italic: bool, book: FontBook) -> None:
    assert book.missing(LETTERS + LETTERS.upper(), face, bold, italic) == set()


def test_a_missing_glyph_is_found(book: FontBook) -> None:
    assert book.missing("Tòa án 法 院", "termes") == {"法", "院"}


def test_a_missing_font_names_its_package() -> None:
    with pytest.raises(FileNotFoundError, match="fonts-texgyre"):
        FontBook(roots=()).path("termes")


def test_markup_gives_blocks_words_and_form_fields() -> None:
    first, second = blocks("@c 16\n*QUYẾT ĐỊNH*\n\nCăn cứ hồ sơ\nvụ án;")
    assert (first.name, first.arguments, first.lines) == ("c", ("16",), ("*QUYẾT ĐỊNH*",))
    assert (second.name, second.lines) == ("p", ("Căn cứ hồ sơ", "vụ án;"))
    assert words("*Điều 1.* Đưa _ra_") == [
        Word("Điều", bold=True), Word("1.", bold=True), Word("Đưa"), Word("ra", italic=True),
    ]  # fmt: skip
    assert form_fields("Họ tên: ~Trần Văn Lượng |Số: ^42/DS") == [
        ("Họ tên:", "~", "Trần Văn Lượng"), ("Số:", "^", "42/DS"),
    ]  # fmt: skip


def test_the_left_column_of_a_head_is_read_before_the_right(book: FontBook) -> None:
    (page,) = rendered("@head\nTÒA ÁN NHÂN DÂN\n___\nSố: 07/THA\n||\n*CỘNG HÒA*\n*Độc lập*", book)
    assert page.lines == ("TÒA ÁN NHÂN DÂN", "Số: 07/THA", "CỘNG HÒA", "Độc lập")


def test_a_paragraph_is_broken_into_lines_that_fill_the_measure(book: FontBook) -> None:
    (page,) = rendered("Hội đồng xét xử thấy chưa cần buộc bị cáo phải vào trại giam cũng đủ răn đe. " * 3, book)
    assert len(page.lines) > 2
    ink = (page.image.min(axis=2) < 128).any(axis=0)
    right_edge = int(np.flatnonzero(ink[:560]).max()) * 25.4 / 72
    assert right_edge == pytest.approx(Paper().width - Paper().right, abs=1.0)


def test_a_full_page_flows_onto_the_next_with_its_number_and_folio(book: FontBook) -> None:
    pages = rendered("\n\n".join(["Bị cáo đã nhận tội, tài sản không bị mất mát."] * 60), book)
    assert [page.folio for page in pages] == [31, 32]
    assert pages[1].lines[0] == "2"
    assert sum(len(page.lines) for page in pages) == 61


def test_the_seal_is_red_where_its_box_says_and_no_text(book: FontBook) -> None:
    (page,) = rendered("@sign seal\n*Nơi nhận:*\n||\n*THẨM PHÁN*\n~\n*Lương Ngọc Bảo*", book)
    ((x0, y0, x1, y1),) = page.seals
    red = page.image[..., 0].astype(int) - page.image[..., 2]
    assert red[y0:y1, x0:x1].max() > 60
    red[y0:y1, x0:x1] = 0
    assert red.max() < 20
    assert page.lines == ("Nơi nhận:", "THẨM PHÁN", "Lương Ngọc Bảo")


def test_handwriting_and_leaders_are_no_printed_text(book: FontBook) -> None:
    (page,) = rendered("@form\nHọ và tên: ~Trần Văn Lượng |Số: ^42/DS\n\n@hand\nHương Đồng, ngày 27", book)
    assert page.lines == ("Họ và tên: Số: 42/DS",)
    assert page.handwriting == ("Trần Văn Lượng", "Hương Đồng, ngày 27")
    assert not page.blank


def test_a_table_row_is_one_line_of_text(book: FontBook) -> None:
    (page,) = rendered("@table 15c 60l 30r\nTT | Tên | Giá\n1 | Quạt bàn | 540.000\n | *Cộng* | 540.000", book)
    assert page.lines == ("TT Tên Giá", "1 Quạt bàn 540.000", "Cộng 540.000")


def test_a_back_side_is_blank_and_bears_no_folio(book: FontBook) -> None:
    front, back = rendered("Đã đọc lại cho mọi người nghe.\n\n@back", book)
    assert not front.blank
    assert back.blank
    assert back.folio is None
    assert back.image.min() == 255


def test_a_typewriter_strikes_unevenly_but_the_same_for_a_seed(book: FontBook) -> None:
    style = Style("pica")
    one, again = (rendered("nnnnnnnnnnnn", book, style)[0].image for _ in range(2))
    other = rendered("nnnnnnnnnnnn", book, style, seed=6)[0].image
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_an_unknown_block_is_refused(book: FontBook) -> None:
    with pytest.raises(KeyError, match="bogus"):
        rendered("@bogus\nchữ", book)

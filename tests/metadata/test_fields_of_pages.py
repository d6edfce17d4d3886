"""Fields of recognised pages, with boxes, pages and confidences."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.model import DocumentFields, RecognizedPage
from metadata.fields import read_fields
from metadata.title import document_title

Paper = Callable[..., RecognizedPage]

DECISION = (
    [(250, "ỦY BAN NHÂN DÂN"), (850, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")],
    [(250, "TỈNH NAM ĐỊNH"), (900, "Độc lập - Tự do - Hạnh phúc")],
    [(250, "Số: 354/QĐ-UBND"), (880, "Nam Định, ngày 19 tháng 02 năm 2025")],
    [(740, "QUYẾT ĐỊNH")],
    [(300, "Về việc công bố danh mục thủ tục hành chính lĩnh vực nuôi con nuôi")],
    [(300, "thuộc thẩm quyền giải quyết của Sở Tư pháp")],
    [(300, "và Ủy ban nhân dân cấp huyện,")],
    [(300, "Ủy ban nhân dân cấp xã")],
    [(500, "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH NAM ĐỊNH")],
    [(250, "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19/6/2015;")],
)


def normals(fields: DocumentFields) -> dict[str, str]:
    return {name: value.normal for name, value in fields.values.items()}


def test_decision_in_two_columns(paper: Paper) -> None:
    assert normals(read_fields([paper(*DECISION)])) == {
        "number": "354",
        "notation": "QĐ-UBND",
        "issued_date": "2025-02-19",
        "place": "Nam Định",
        "issuer": "ỦY BAN NHÂN DÂN TỈNH NAM ĐỊNH",
        "type": "Quyết định",
        "subject": "công bố danh mục thủ tục hành chính lĩnh vực nuôi con nuôi "
        "thuộc thẩm quyền giải quyết của Sở Tư pháp và Ủy ban nhân dân cấp huyện, Ủy ban nhân dân cấp xã",
    }


def test_columns_run_together_read_the_same(paper: Paper) -> None:
    glued = [[(250, " ".join(text for _, text in row))] for row in DECISION]
    assert normals(read_fields([paper(*glued)])) == normals(read_fields([paper(*DECISION)]))


def test_boxes_are_those_of_the_words_and_pages_count_from_one(paper: Paper) -> None:
    values = read_fields([paper(*DECISION)]).values
    assert values["number"].box == values["notation"].box == (302, 220, 456, 248)
    assert values["place"].box == (880, 220, 1002, 248)
    assert values["issuer"].box == (250, 120, 448, 198)
    assert {value.page for value in values.values()} == {1}


def test_confidence_falls_with_the_words(paper: Paper) -> None:
    sure, doubtful = (read_fields([paper(*DECISION, confidence=c)]).values for c in (1.0, 0.5))
    for name in sure:
        assert 0.7 <= sure[name].confidence <= 1.0
        assert doubtful[name].confidence == pytest.approx(sure[name].confidence / 2, abs=1e-3)


def test_misread_digits_are_put_right_with_less_confidence(paper: Paper) -> None:
    rows = list(DECISION)
    rows[2] = [(250, "Sô; O5/QD-UBND"), (880, "Nam Định, ngày l9 tháng O2 năm 2025")]
    clear, blurred = read_fields([paper(*DECISION)]).values, read_fields([paper(*rows)]).values
    assert (blurred["number"].normal, blurred["notation"].normal) == ("05", "QĐ-UBND")
    assert (blurred["issued_date"].normal, blurred["issued_date"].value) == (
        "2025-02-19", "ngày l9 tháng O2 năm 2025")  # fmt: skip
    for name in ("number", "issued_date"):
        assert blurred[name].confidence < clear[name].confidence


def test_date_that_the_calendar_lacks_is_not_given(paper: Paper) -> None:
    rows = list(DECISION)
    rows[2] = [(250, "Số: 354/QĐ-UBND"), (880, "Nam Định, ngày 31 tháng 02 năm 2025")]
    values = read_fields([paper(*rows)]).values
    assert "issued_date" not in values
    assert values["place"].normal == "Nam Định"


def test_official_letter_without_title(paper: Paper) -> None:
    fields = read_fields([
        paper(
            [(250, "BỘ NỘI VỤ"), (850, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")],
            [(250, "CỤC VĂN THƯ VÀ LƯU TRỮ NHÀ NƯỚC"), (1000, "Độc lập - Tự do - Hạnh phúc")],
            [(250, "Số: 05/VTLTNN-NVĐP"), (880, "Hà Nội, ngày 05 tháng 01 năm 2020")],
            [(250, "V/v hướng dẫn số hóa tài liệu")],
            [(400, "Kính gửi: Tòa án nhân dân tối cao")],
        )
    ])  # fmt: skip
    assert normals(fields) == {
        "number": "05", "notation": "VTLTNN-NVĐP", "issued_date": "2020-01-05", "place": "Hà Nội", "type": "Công văn",
        "issuer": "CỤC VĂN THƯ VÀ LƯU TRỮ NHÀ NƯỚC", "subject": "hướng dẫn số hóa tài liệu",
    }  # fmt: skip
    assert document_title(fields, "x") == "Công văn 05/VTLTNN-NVĐP — hướng dẫn số hóa tài liệu"


def test_stamp_of_an_electronic_signature_above_the_head_is_passed_over(paper: Paper) -> None:
    stamp = ([(250, "Cơ quan: Tỉnh Nam Định")], [(250, "Thời gian ký: 19.02.2025 07:55:34 +07:00")])
    assert normals(read_fields([paper(*stamp, *DECISION)])) == normals(read_fields([paper(*DECISION)]))


@pytest.mark.parametrize("pages", [0, 1, 3])
def test_blank_pages_have_no_fields(paper: Paper, pages: int) -> None:
    assert read_fields([paper()] * pages).values == {}


def test_head_of_a_later_page_is_not_taken(paper: Paper) -> None:
    assert "number" not in read_fields([paper([(250, "Bìa hồ sơ")]), paper(*DECISION)]).values


def test_number_cited_in_the_abstract_is_not_the_documents_own(paper: Paper) -> None:
    cited = paper(
        [(700, "QUYẾT ĐỊNH")],
        [(300, "Về việc thi hành Bản án số 12/2018/DS-ST và Nghị quyết")],
        [(300, "số 63/2010/NQ-HĐND của tỉnh Nam Định")],
    )
    assert not {"number", "notation", "judgment_number"} & set(read_fields([cited]).values)


def test_number_of_a_law(paper: Paper) -> None:
    law = paper([(250, "QUỐC HỘI")], [(250, "Luật số: 45/2019/QH14")], [(740, "BỘ LUẬT LAO ĐỘNG")])
    values = normals(read_fields([law]))
    assert (values["number"], values["notation"], values["type"]) == ("45", "2019/QH14", "Luật")

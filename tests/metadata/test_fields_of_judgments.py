"""Fields of judgments in the many forms in which courts print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import DocumentFields
from metadata.fields import read_fields_text
from metadata.title import document_title

JUDGMENT = """TÒA ÁN NHÂN DÂN                                   CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
HUYỆN HỚN QUẢN                                            Độc lập - Tự do - Hạnh phúc
TỈNH HÀ TĨNH

 Bản án số: 03/2017/DS - ST
 Ngày: 02-10-2017
 V/v “Tranh chấp hợp đồng
chuyển nhượng đất”

NHÂN DANH
NƢỚC CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM
TOÀ ÁN NHÂN DÂN HUYỆN HỚN QUẢN, TỈNH HÀ TĨNH
- Thành phần Hội đồng xét xử sơ thẩm gồm có:
Thẩm phán - Chủ tọa phiên tòa: Ông Trần Văn Nhum
Trong các ngày 29, ngày 30 tháng 9 năm 2017 tại trụ sở Tòa án nhân dân huyện
Hớn Quản xét xử sơ thẩm công khai vụ án dân sự thụ lý số: 36/2016/TLST- DS ngày 20
tháng 4 năm 2016 theo Quyết định đưa vụ án ra xét xử số: 31/2017/QĐXX-ST ngày 09/8/2017
"""


def normals(fields: DocumentFields) -> dict[str, str]:
    return {name: value.normal for name, value in fields.values.items()}


def test_all_fields_of_a_first_instance_judgment() -> None:
    fields = read_fields_text(JUDGMENT)
    court = "Tòa án nhân dân huyện Hớn Quản, tỉnh Hà Tĩnh"
    assert normals(fields) == {
        "number": "03", "notation": "2017/DS-ST", "judgment_number": "03/2017/DS-ST", "judgment_date": "2017-10-02",
        "issued_date": "2017-10-02", "case_number": "36/2016/TLST-DS", "acceptance_number": "36/2016/TLST-DS",
        "instance": "ST", "case_type": "DS", "court": court, "issuer": court, "type": "Bản án",
        "subject": "Tranh chấp hợp đồng chuyển nhượng đất",
    }  # fmt: skip
    assert fields.values["instance"].value == "sơ thẩm"
    assert fields.values["judgment_number"].value == "03/2017/DS - ST"
    assert all(value.box is None and value.page == 1 for value in fields.values.values())
    assert document_title(fields, "x") == "Bản án 03/2017/DS-ST — Tranh chấp hợp đồng chuyển nhượng đất"


@pytest.mark.parametrize(
    ("printed", "normal", "kind", "instance"),
    [
        ("15/DS-ST", "15/DS-ST", "DS", "ST"),
        ("32/2017/HS-PT", "32/2017/HS-PT", "HS", "PT"),
        ("06/2020/HNGĐ - ST", "06/2020/HNGĐ-ST", "HNGĐ", "ST"),
        ("36/2018/DSST.", "36/2018/DS-ST", "DS", "ST"),
        ("07/2021/KDTM-GĐT", "07/2021/KDTM-GĐT", "KDTM", "GĐT"),
        ("03/2026/HC – ST", "03/2026/HC-ST", "HC", "ST"),
        ("9/2019/LD-PT", "9/2019/LĐ-PT", "LĐ", "PT"),
    ],
)
def test_number_in_its_many_spellings(printed: str, normal: str, kind: str, instance: str) -> None:
    values = normals(read_fields_text(JUDGMENT.replace("03/2017/DS - ST", printed)))
    assert (values["judgment_number"], values["case_type"], values["instance"]) == (normal, kind, instance)
    assert f"{values['number']}/{values['notation']}" == normal


@pytest.mark.parametrize(
    "printed",
    ["Ngày: 29/9/2023", "Ngày 29 - 9- 2023.", "Ngày 29 tháng 9 năm 2023", "Ngµy: 29/9/ 2023", "Ngày:29.9.2023"],
)
def test_date_in_its_many_spellings(printed: str) -> None:
    values = read_fields_text(JUDGMENT.replace("Ngày: 02-10-2017", printed)).values
    assert values["judgment_date"].normal == "2023-09-29"
    assert values["judgment_date"].rule == "date-below-number"


def test_date_of_hearing_stands_in_with_less_confidence() -> None:
    value = read_fields_text(JUDGMENT.replace("Ngày: 02-10-2017", "Ngày: ...")).values["judgment_date"]
    assert (value.normal, value.rule) == ("2017-09-30", "date-of-hearing")
    assert value.confidence < 0.8


@pytest.mark.parametrize(
    ("head", "court"),
    [
        ("TÒA ÁN NHÂN DÂN\nTP. MỸ THO - TỈNH TIỀN GIANG", "Tòa án nhân dân thành phố Mỹ Tho, tỉnh Tiền Giang"),
        ("TÒA ÁN NHÂN DÂN\nTHÀNH PHỐ HỒ CHÍ MINH", "Tòa án nhân dân thành phố Hồ Chí Minh"),
        ("TOÀ ÁN NHÂN DÂN\nTỈNH BÀ RỊA – VŨNG TÀU", "Tòa án nhân dân tỉnh Bà Rịa - Vũng Tàu"),
        ("TÒA ÁN NHÂN DÂN KHU VỰC 3 - HÀ NỘI", "Tòa án nhân dân khu vực 3 - Hà Nội"),
        ("TÒA ÁN NHÂN DÂN CẤP CAO\nTẠI ĐÀ NẴNG", "Tòa án nhân dân cấp cao tại Đà Nẵng"),
        ("TÒA ÁN NHÂN DÂN TỐI CAO", "Tòa án nhân dân tối cao"),
        ("TÒA ÁN QUÂN SỰ\nQUÂN KHU 7", "Tòa án quân sự quân khu 7"),
    ],
)
def test_court_of_every_rank(head: str, court: str) -> None:
    text = f"{head}\nBản án số: 15/2018/DS-ST\nNgày: 29/9/2018\nNHÂN DANH\n"
    values = read_fields_text(text).values
    assert (values["court"].normal, values["issuer"].normal) == (court, court)


def test_province_is_completed_from_the_opening() -> None:
    text = (
        JUDGMENT.replace("TỈNH HÀ TĨNH\n", "\n")
        .replace(", TỈNH HÀ TĨNH", "")
        .replace("Hớn Quản xét", "Hớn Quản, tỉnh Hà Tĩnh xét")
    )
    assert read_fields_text(text).values["court"].normal == "Tòa án nhân dân huyện Hớn Quản, tỉnh Hà Tĩnh"


def test_cited_judgment_in_the_body_is_not_its_own_number() -> None:
    text = "TÒA ÁN NHÂN DÂN\nTỈNH TRÀ VINH\nBIÊN BẢN PHIÊN TÒA\nCăn cứ Bản án số 12/2018/DS-ST ngày 11/6/2018\n"
    values = normals(read_fields_text(text))
    assert "judgment_number" not in values
    assert values["type"] == "Biên bản"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("BẢN ÁN DÂN SỰ SƠ THẨM", "Bản án"), ("CÁO TRẠNG", "Cáo trạng"), ("BIÊN BẢN PHIÊN TÒA", "Biên bản"),
        ("QUYẾT ĐỊNH ĐƯA VỤ ÁN RA XÉT XỬ", "Quyết định"), ("ĐƠN KHỞI KIỆN", "Đơn khởi kiện"), ("TỜ TRÌNH", "Tờ trình"),
        ("KÊT LUẬN ĐIỀU TRA", "Kết luận điều tra"),
    ],
)  # fmt: skip
def test_type_by_its_title(title: str, kind: str) -> None:
    assert read_fields_text(f"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n{title}\nCăn cứ").values["type"].normal == kind


@given(st.text(max_size=600))
def test_any_text_is_read_without_failing(text: str) -> None:
    for value in read_fields_text(text).values.values():
        assert 0.0 <= value.confidence <= 1.0
        assert value.value


@given(st.lists(st.sampled_from(JUDGMENT.split("\n")), max_size=14).map("\n".join))
def test_shuffled_heads_never_invent_a_number(text: str) -> None:
    number = read_fields_text(text).values.get("judgment_number")
    assert number is None or number.normal == "03/2017/DS-ST"

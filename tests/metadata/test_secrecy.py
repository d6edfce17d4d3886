"""Secrecy marks stop a page; prose about secrets does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.model import RecognizedPage
from metadata.fields import read_fields
from metadata.secrecy import secrecy_mark

Paper = Callable[..., RecognizedPage]


@pytest.mark.parametrize(
    ("printed", "degree"),
    [
        ("MẬT", "Mật"),
        ("TỐI MẬT", "Tối mật"),
        ("TUYỆT MẬT", "Tuyệt mật"),
        ("| TỐI MẬT |", "Tối mật"),
        ("Độ mật: Mật", "Mật"),
    ],
)
def test_mark_in_a_row_of_its_own(paper: Paper, printed: str, degree: str) -> None:
    page = paper([(250, "BỘ CÔNG AN")], [(250, printed)], [(250, "Số: 12/BC-BCA")])
    mark = secrecy_mark([paper([(250, "Bìa")]), page])
    assert mark is not None
    assert (mark.normal, mark.page) == (degree, 2)
    assert mark.box is not None
    assert mark.box[1] == 170
    assert read_fields([page]).values["secrecy"].normal == degree


def test_mark_beside_the_motto_is_seen(paper: Paper) -> None:
    page = paper([(250, "MẬT"), (850, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")])
    glued = paper([(250, "TUYỆT MẬT CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")])
    assert secrecy_mark([page]) is not None
    assert secrecy_mark([glued]) is not None


def test_mark_with_misread_diacritics_counts_with_less_confidence(paper: Paper) -> None:
    exact, misread = (secrecy_mark([paper([(250, text)])]) for text in ("TỐI MẬT", "TÔI MÂT"))
    assert exact is not None
    assert misread is not None
    assert misread.confidence < exact.confidence


@pytest.mark.parametrize(
    "rows",
    [
        ["Bí mật nhà nước được chia thành ba mức độ: tuyệt mật, tối mật và mật."],
        ["LUẬT BẢO VỆ BÍ MẬT NHÀ NƯỚC"],
        ["LUẬT BẢO VỆ BÍ", "MẬT"],
        ["giữ bí", "mật"],
        ["Mật ong rừng"],
        ["Tối mật"],
        ["TỘI MẠO DANH"],
    ],
)
def test_prose_and_titles_raise_no_alarm(paper: Paper, rows: list[str]) -> None:
    assert secrecy_mark([paper(*([(250, row)] for row in rows))]) is None


def test_row_in_the_lower_half_is_no_mark(paper: Paper) -> None:
    assert secrecy_mark([paper([(250, "MẬT")], top=1500)]) is None


def test_no_pages_no_mark() -> None:
    assert secrecy_mark([]) is None

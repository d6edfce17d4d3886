"""The code list of kinds and the title made of fields."""

from __future__ import annotations

from core.model import DocumentFields, FieldValue
from metadata.document_types import document_types, type_code, type_of_notation, type_of_title
from metadata.title import document_title


def fields(**normals: str) -> DocumentFields:
    return DocumentFields({name: FieldValue(text, text, 1.0, 1, None, "test") for name, text in normals.items()})


def test_every_code_of_the_circular_is_there_once() -> None:
    codes = [kind.code for kind in document_types() if kind.code != "32"]
    assert codes == [f"{n:02d}" for n in range(1, 32)]
    names = [kind.name for kind in document_types()]
    assert len(names) == len(set(names))


def test_codes_by_name() -> None:
    assert (type_code("Quyết định"), type_code("Bản án"), type_code("chưa biết")) == ("02", "32", "32")


def test_longest_title_wins_and_words_are_whole() -> None:
    kind = type_of_title("quyet dinh khang nghi giam doc tham")
    assert kind is not None
    assert kind.name == "Kháng nghị"
    assert type_of_title("bao cao vien") is not None
    assert type_of_title("baocao") is None


def test_kind_by_notation() -> None:
    names = {notation: kind.name if (kind := type_of_notation(notation)) else None
             for notation in ("QĐ-BNV", "2020/NĐ-CP", "BNV-VP", "TTr-UBND")}  # fmt: skip
    assert names == {"QĐ-BNV": "Quyết định", "2020/NĐ-CP": "Nghị định", "BNV-VP": None, "TTr-UBND": "Tờ trình"}


def test_title_uses_what_is_known() -> None:
    assert document_title(fields(type="Bản án", judgment_number="15/DS-ST", subject="tranh chấp đất đai"), "x") == (
        "Bản án 15/DS-ST — tranh chấp đất đai"
    )
    assert document_title(fields(type="Biên bản"), "x") == "Biên bản"
    assert document_title(fields(number="7", notation="QĐ-BNV"), "x") == "Số 7/QĐ-BNV"
    assert document_title(fields(place="Hà Nội"), "TAND.1987.1.0000001") == "TAND.1987.1.0000001"


def test_long_abstract_is_cut_at_a_word() -> None:
    title = document_title(fields(subject="tranh chấp " * 40), "x")
    assert title.endswith("chấp…") or title.endswith("tranh…")
    assert len(title) <= 161

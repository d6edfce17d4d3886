"""What stands in the code of a cover survives printing, reading and typing, and nothing else passes for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from scanner.covers import payload
from scanner.covers.payload import CoverPayload, Fault, PayloadError, check_value, is_ours, new_cover, parse

NAMES = st.sampled_from(
    ["TAND-HN.HS.1987.00123", "TAND-ST.1996.7", "hồ-sơ_tranh-chấp.2001.0001", "HOSO1", "Tòa.Án.Đất.đai", "a.b"]
)
KINDS = st.none() | st.from_regex(r"[0-9A-Z]{1,10}", fullmatch=True)
COVERS = st.builds(
    lambda name, document, kind, sheets: new_cover(name, document=document, kind=kind, sheets=sheets),
    NAMES,
    st.none() | st.integers(1, 9_999_999),
    KINDS,
    st.none() | st.integers(0, 99_999),
)
EXAMPLE = parse("BL1*TAND-HN/HS:1987.00123*D12*S40*7K3QM9XT0ABC*3V41JFQ")
"""The one that the module explains."""
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZabc.-_/:*%"


@given(COVERS)
def test_what_is_written_is_read(cover: CoverPayload) -> None:
    assert cover.text.isascii() and is_ours(cover.text)
    assert parse(cover.text) == cover


def test_court_fonds_and_case_file_are_told_apart() -> None:
    assert EXAMPLE.text.startswith("BL1*TAND-HN/HS:1987.00123*D12*S40*")
    assert (EXAMPLE.court, EXAMPLE.fonds) == ("TAND-HN", "TAND-HN.HS")
    assert new_cover("TAND-ST.1996.7").text.startswith("BL1*TAND-ST:1996.7*H*S-*")
    assert new_cover("HOSO1", kind="02").text.startswith("BL1*HOSO1*T02*S-*")


def test_the_example_that_the_module_explains_is_a_true_one() -> None:
    assert EXAMPLE.text in str(payload.__doc__)
    made = new_cover("TAND-HN.HS.1987.00123", document=12, sheets=40)
    assert replace(made, print_id=EXAMPLE.print_id) == EXAMPLE


def test_vietnamese_letters_are_spelt_in_ascii() -> None:
    assert new_cover("Đất.1987.1").text.startswith("BL1*%C4%90%E1%BA%A5t:1987.1*H*S-*")


def test_a_person_may_type_spaces_small_letters_and_look_alikes() -> None:
    head, print_id, check = EXAMPLE.text.rsplit("*", 2)
    typed = f"{head} * {print_id[:4].lower()} {print_id[4:8]} {print_id[8:]} * {check.lower()}"
    assert parse(typed.replace("0ABC", "oabc")) == EXAMPLE
    zero = new_cover("A.B.1", bits=lambda count: 0)
    assert parse(zero.text.replace("*000000000000*", "*OOOO0000000o*")) == zero


@given(COVERS, st.data())
def test_one_wrong_character_is_never_taken(cover: CoverPayload, data: st.DataObject) -> None:
    text = cover.text
    place = data.draw(st.integers(len("BL1*"), len(text) - 1))
    wrong = data.draw(st.sampled_from(DIGITS).filter(lambda it: it != text[place]))
    mistyped = text[:place] + wrong + text[place + 1 :]
    try:
        assert parse(mistyped) == cover  # the case of the last two fields does not matter
    except PayloadError as err:
        assert err.fault in (Fault.CHECK, Fault.FORM)


@given(COVERS, st.data())
def test_neighbours_exchanged_are_never_taken(cover: CoverPayload, data: st.DataObject) -> None:
    text = cover.text
    place = data.draw(st.integers(len("BL1*"), len(text) - 2))
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if swapped != text:
        with pytest.raises(PayloadError):
            parse(swapped)


def test_halves_of_two_prints_do_not_make_a_third() -> None:
    first, second = (new_cover("TAND-HN.HS.1987.00123", sheets=3).text for _ in range(2))
    mixed = first.rsplit("*", 2)[0] + "*" + second.split("*", 4)[4]
    assert parse(mixed) == parse(second)  # what was declared is the same in both
    other = new_cover("TAND-HN.HS.1987.00124", sheets=3).text
    with pytest.raises(PayloadError, match="check"):
        parse(other.rsplit("*", 2)[0] + "*" + second.split("*", 4)[4])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("BL2*TAND-HN:1*H*S-*000000000000*0000000", Fault.VERSION),
        ("BL1*TAND-HN", Fault.CHECK),
        ("https://vi.example/qd/211", Fault.FORM),
        ("BL1", Fault.CHECK),
    ],
)
def test_other_texts_are_refused_with_their_reason(text: str, fault: Fault) -> None:
    with pytest.raises(PayloadError) as caught:
        parse(text)
    assert caught.value.fault is fault


@pytest.mark.parametrize(
    "said",
    [
        "BL1*../x*H*S-*000000000000",
        "BL1*A.B*X*S-*000000000000",
        "BL1*A.B*D012*S-*000000000000",
        "BL1*A:B:C*H*S-*000000000000",
        "BL1*A.B*H*S123456*000000000000",
        "BL1*A.B*H*S-*00000000000",
        "BL1*%ff*H*S-*000000000000",
    ],
)
def test_a_right_check_value_does_not_excuse_a_wrong_form(said: str) -> None:
    with pytest.raises(PayloadError, match="form"):
        parse(f"{said}*{check_value(said)}")


def test_prints_are_never_the_same() -> None:
    assert len({new_cover("TAND-HN.HS.1987.00123").print_id for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    "wrong", [{"document": 0}, {"document": 10_000_000}, {"kind": "ba"}, {"kind": ""}, {"sheets": -1}]
)
def test_what_cannot_stand_on_a_cover_is_wrong_use(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        new_cover("TAND-HN.HS.1987.00123", **wrong)  # type: ignore[arg-type]


def test_a_document_is_no_case_file() -> None:
    with pytest.raises(UsageError):
        new_cover("TAND-HN.HS.1987.00123.0000001")

"""The circular's fields: rules from data, enforced alike when a value is given, fitted and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.packages.choices import Kind
from archive.packages.descriptive import read_values, write_schema, write_values
from archive.packages.fields import check_given, table
from archive.packages.xml import parse, schema_problems
from core.errors import BadInputError

LEVELS = ("file", "document", "request")
TEXT = st.text(max_size=60) | st.sampled_from(["01", "32", "99", "01;03", "12/05/1987", "31/02/1987", "05/1987", "1"])


def test_the_tables_have_as_many_fields_as_the_circular() -> None:
    counts = {level: [len(list(table(level).of(kind))) for kind in Kind] for level in LEVELS}
    assert [counts["file"][:2], counts["document"], counts["request"][2]] == [[18, 18], [21, 19, 20], 7]


@given(values=st.dictionaries(st.sampled_from([field.name for field in table("file").field]), TEXT, max_size=5))
def test_fitted_values_never_break_a_rule_and_come_back_from_their_xml(values: dict[str, str]) -> None:
    fields = table("file")
    for kind in (Kind.SIP, Kind.AIP):
        suited = fields.suited(fields.fitted(values), kind)
        assert fields.problems(suited, kind) == []
        back = read_values(fields, write_values(fields, kind, suited, "EAD.xsd"))
        assert back == {name: value for name, value in suited.items() if value}


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("maintenance", "99"),
        ("language", "01;99"),
        ("startDate", "31/02/1987"),
        ("startDate", "1987-05-12"),
        ("riskRecovery", "yes"),
        ("numberOfPaper", "-1"),
        ("inforSign", "x" * 31),
        ("totalDoc", "2"),
        ("tiêuđề", "x"),
    ],
)
def test_a_bad_value_is_refused_with_the_field_it_stands_in(name: str, bad: str) -> None:
    with pytest.raises(BadInputError) as caught:
        check_given("file", {name: bad}, "TAND-DA.DS.1987.00042")
    for lang in ("vi", "en"):
        assert name in caught.value.message(lang) and caught.value.remedy(lang)


def test_good_values_are_taken_under_any_of_their_names() -> None:
    given_values = {"arcFileCode": "H49.64.33.2001.160", "language": "01;03", "startDate": "05/1987", "endDate": "1988"}
    assert check_given("file", given_values, "x") == {
        "fileCode": "H49.64.33.2001.160",
        "language": "01;03",
        "startDate": "05/1987",
        "endDate": "1988",
    }


def test_conditional_fields_are_missed_only_under_their_condition() -> None:
    known = {"fileCode": "A", "title": "B"}
    assert table("file").gaps(known, Kind.AIP) == []
    assert table("file").gaps({**known, "confidenceLevel": "02"}, Kind.AIP) == ["paperFileCode"]
    assert table("file").gaps({**known, "riskRecovery": "1"}, Kind.AIP) == ["riskRecoveryStatus"]
    born_digital = {"docCode": "A.0000001", "docId": "1", "confidenceLevel": "01"}
    assert table("document").gaps(born_digital, Kind.SIP) == ["process"]


def test_a_schema_refuses_what_the_rules_refuse() -> None:
    fields = table("file")
    schema = write_schema(fields, Kind.AIP)
    good = write_values(fields, Kind.AIP, {"fileCode": "A", "title": "Tranh chấp đất đai", "endDate": "05/1987"}, "x")
    assert schema_problems(parse(good), schema) == []
    for wrong in ({"maintenance": "99"}, {"endDate": "hôm qua"}, {"inforSign": "x" * 31}, {"title": ""}):
        values = {"fileCode": "A", "title": "T", **wrong}
        assert schema_problems(parse(write_values(fields, Kind.AIP, values, "x")), schema) != []


def test_element_order_and_a_namespace_do_not_matter_in_reading() -> None:
    data = b'<simpledc xmlns="urn:x"><title>B</title><unknown>C</unknown><arcFileCode>A</arcFileCode></simpledc>'
    assert read_values(table("file"), data) == {"title": "B", "fileCode": "A"}


def test_xml_with_a_document_type_is_not_read() -> None:
    with pytest.raises(ValueError, match="document type"):
        parse(b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')

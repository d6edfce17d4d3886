"""The dataclass is the schema: what does not fit is named with its key and file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from core.config import fill, pairs, plain
from core.errors import BadInputError, UsageError
from core.model import FieldValue, Flag, Line, MasterKind, PageImage, RecognizedPage, Region, RegionKind, Word


@dataclass(frozen=True)
class Inner:
    dpi: float
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    name: str
    inner: Inner
    limit: int | None = None


def test_values_are_filled_and_widened() -> None:
    got = fill(Outer, {"name": "a4", "inner": {"dpi": 300, "sources": ["adf"]}}, file="p.toml")
    assert got == Outer("a4", Inner(300.0, ("adf",)))


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"name": "x", "inner": {"dpi": 300}, "nmae": 1}, "nmae"),
        ({"name": "x", "inner": {"dip": 300}}, "inner.dip"),
        ({"name": "x", "inner": {}}, "inner.dpi"),
        ({"name": "x", "inner": {"dpi": "300"}}, "inner.dpi"),
        ({"name": 3, "inner": {"dpi": 1.0}}, "name"),
        ({"name": "x", "inner": {"dpi": True}}, "inner.dpi"),
        ({"name": "x", "inner": {"dpi": 1.0, "sources": "adf"}}, "inner.sources"),
    ],
)
def test_what_does_not_fit_is_named(data: dict[str, object], key: str) -> None:
    with pytest.raises(BadInputError) as caught:
        fill(Outer, data, file="profiles/x.toml")
    assert caught.value.params["key"] == key and caught.value.file == "profiles/x.toml"


def test_model_values_survive_json() -> None:
    page = PageImage(
        "a.0000001.p0001", Path("/m/x.tif"), "00", MasterKind.IMAGE, 0, 10, 20, 300.0, "grey", "b", 1, "x", 0.5,
        frozenset({Flag.BLANK, Flag.GEOMETRY}),
    )  # fmt: skip
    assert fill(PageImage, plain(page), file="-") == page
    word = Word("Tòa", (0, 0, 5, 5), 0.9, (1.0, 0.8, 0.9))
    line = Line((word,), (0, 0, 5, 5), (0.0, 4.0, 5.0, 4.5), "vi", ((0, 0), (5, 0), (5, 5)), "other 2")
    seal = Region(RegionKind.SEAL, ((1, 1), (2, 2), (1, 2)))
    regions = (Region(RegionKind.TABLE, ((0, 0), (5, 0), (5, 5)), 0, 1), seal)
    recipe: dict[str, str | float | int] = {"blur": 0.5, "rotation": 90, "background": "divided"}
    read = RecognizedPage(10, 20, 90, -1.5, 0.8, "vi", "null 1", (line,), regions, recipe)
    assert fill(RecognizedPage, plain(read), file="-") == read
    value = FieldValue("15/DS-ST", "15/DS-ST", 0.9, 1, (1, 2, 3, 4), "number-line")
    assert fill(FieldValue, plain(value), file="-") == value


def test_pairs_forgive_space_and_empty_values_and_the_last_of_a_name_holds() -> None:
    given = ["mode=Color", " title = Tranh chấp = đất đai ", "note=", "mode=Gray"]
    assert pairs(given, "jobs.bad-setting") == {"mode": "Gray", "title": "Tranh chấp = đất đai", "note": ""}


@pytest.mark.parametrize("code", ["jobs.bad-setting", "commands.not-a-setting"])
@pytest.mark.parametrize("given", ["", "=", " = Gray", "mode"])
def test_what_is_no_pair_is_said_with_what_was_given(given: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        pairs(["a=b", given], code)
    assert caught.value.code == code and f"“{given}”" in caught.value.message("vi") and caught.value.remedy("vi")

"""The search bench counts as it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.search import at_first, indexed, known_items, mean_reciprocal, pages_of, ranks


def entry(number: str, date: str) -> dict[str, Any]:
    fields = {"judgment_number": number, "judgment_date": date}
    sides = {"A_description": "1. Bà Huỳnh Hồng T, sinh năm 1975", "B_description": "Ông Phạm Ngọc H (có mặt)"}
    return {"fields": {**fields, **sides}, "query": "Bà T khởi kiện ông H"}


def test_mean_reciprocal_rank_and_first() -> None:
    assert mean_reciprocal([1, 2, None, 4]) == pytest.approx((1 + 0.5 + 0.25) / 4)
    assert at_first([1, 2, None, 1]) == 0.5


def test_known_items_are_what_the_paper_says() -> None:
    held = [
        ("D1", entry("31/2017/DS-ST", "02-10-2017"), ["ngày 02 tháng 10 năm 2017"]),
        ("D2", entry("31/2017/DS - ST", "03-10-2017"), ["ngày khác"]),
    ]
    items = {(item.kind, item.query): item.right for item in known_items(held)}
    assert items[("number", "31/2017/DS-ST")] == {"D1", "D2"}
    assert items[("date", "2/10/2017")] == {"D1"}
    assert [query for kind, query in items if kind == "date"] == ["2/10/2017"]
    assert ("parties", "Bà Huỳnh Hồng T Ông Phạm Ngọc H") in items


def test_items_are_sought_in_a_real_index(tmp_path: Path) -> None:
    texts = ["Bản án số: 31/2017/DS-ST\nNgày: 02-10-2017", "Bà Huỳnh Hồng T khởi kiện ông Phạm Ngọc H"]
    held = [("TAND.DS.2017.00001.0000001", entry("31/2017/DS-ST", "02-10-2017"), texts)]
    others = pages_of("TAND.DS.2017.00001.0000002", ["Bản án số 37/2017/DS-ST"])
    index = indexed(tmp_path / "index", [*pages_of(held[0][0], texts), *others])
    items = [item for item in known_items(held) if item.kind != "date field"]
    assert ranks(index, items, str) == [1] * len(items)

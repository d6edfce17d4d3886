"""Streaks of a dirty glass need several pages; what is printed or folded is none."""

from __future__ import annotations

import numpy as np
import pytest

from samples.faults import Picture, streaked
from scanner.gate.findings import Finding, Verdict
from scanner.gate.judge import judge
from scanner.gate.streaks import RollerHistory
from scanner.options import ScanOptions
from tests.scanner.gate.pages import DPI, judgment

OPTIONS = ScanOptions(dpi=DPI)


def fed(pages: list[Picture], history: RollerHistory | None = None) -> list[list[Finding]]:
    """The streaks found on each page, in feed order."""
    history = history or RollerHistory()
    judged = [judge(page, DPI, OPTIONS, history).findings for page in pages]
    return [[it for it in found if "streak" in it.code] for found in judged]


@pytest.mark.parametrize(("width", "percent", "verdict"), [(0.13, 12, Verdict.RESCAN), (0.26, 5, Verdict.LOOK)])
def test_a_streak_is_blamed_on_the_glass_from_the_third_page_on(width: float, percent: float, verdict: Verdict) -> None:
    pages = [streaked(judgment()[number % 3], DPI, 77.3, width, percent) for number in range(5)]
    found = fed(pages)
    assert all(it.code == "scanner.gate-streak-alone" and it.verdict is Verdict.LOOK for it in found[0] + found[1])
    for page in found[2:]:
        assert [(it.code, it.verdict) for it in page] == [("scanner.gate-streaks", verdict)]
        x0, y0, x1, y1 = page[0].box or (0, 0, 0, 0)
        assert x0 - 3 <= 77.3 / 25.4 * DPI <= x1 + 3 and (y0, y1) == (0, judgment()[0].shape[0])


def test_lines_in_different_places_are_not_one_streak() -> None:
    pages = [streaked(judgment()[number % 3], DPI, 50 + 9 * number, 0.26, 12) for number in range(5)]
    assert {it.code for page in fed(pages) for it in page} == {"scanner.gate-streak-alone"}


def test_printed_rules_stop_at_the_margins() -> None:
    ruled = judgment()[0].copy()
    ruled[160:-160, 400:403] = 40
    assert fed([ruled] * 4) == [[]] * 4


def test_each_sensor_has_its_own_history_of_few_pages() -> None:
    dirty, clean = streaked(judgment()[0], DPI, 77.3, 0.26, 5), judgment()[1]
    history = RollerHistory()
    fed([dirty, dirty], history)
    assert fed([dirty], RollerHistory())[0][0].code == "scanner.gate-streak-alone"
    fed([clean] * 8, history)
    assert history.pages_with(int(77.3 / 0.25), dark=True) == 0


def test_light_streaks_are_not_dark_ones() -> None:
    history = RollerHistory()
    profile = np.zeros(840, np.int8)
    profile[100] = -9
    history.remember(profile)
    assert [history.pages_with(place, dark=True) for place in (98, 99, 100, 101, 102)] == [0, 1, 1, 1, 0]
    assert history.pages_with(100, dark=False) == 0

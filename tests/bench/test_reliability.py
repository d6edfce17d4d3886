"""Predictions beside measurements."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reading.diagram import reliability_svg
from bench.reading.reliability import PAGE_EDGES, WORD_EDGES, Bin, bins, calibration_error, pearson, spearman

SHARE = st.floats(0, 1)


@given(st.lists(st.tuples(SHARE, SHARE)), st.sampled_from([PAGE_EDGES, WORD_EDGES]))
def test_every_point_is_in_the_bin_of_its_prediction(
    points: list[tuple[float, float]], edges: tuple[float, ...]
) -> None:
    filled = bins(points, edges)
    assert sum(one.count for one in filled) == len(points)
    for one in filled:
        inside = [p for p, _ in points if one.low <= p < one.high or p == one.high == 1]
        assert one.count == len(inside)
        assert one.low - 1e-9 <= one.predicted <= one.high + 1e-9


def test_bins_hold_means_and_empty_ones_are_left_out() -> None:
    first, last = bins([(0.1, 1.0), (0.3, 0.0), (1.0, 1.0)], (0, 0.5, 0.8, 1))
    assert first == Bin(0, 0.5, 2, pytest.approx(0.2), 0.5)
    assert (last.low, last.count, last.measured) == (0.8, 1, 1.0)


def test_a_prediction_that_is_always_off_by_a_tenth_has_that_error() -> None:
    points = [(0.85, 0.75), (0.95, 0.85), (0.95, 0.85)]
    assert calibration_error(bins(points, (0, 0.9, 1))) == pytest.approx(0.1)


def test_correlations_tell_straight_from_merely_rising() -> None:
    rising = [(0.1, 0.2), (0.2, 0.3), (0.3, 0.9), (0.4, 1.0)]
    assert spearman(rising) == pytest.approx(1)
    assert 0.9 < (pearson(rising) or 0) < 0.97
    assert pearson([(x, 1 - x) for x, _ in rising]) == pytest.approx(-1)


def test_equals_share_a_rank() -> None:
    assert spearman([(1, 1), (1, 2), (2, 3)]) == pytest.approx(3**0.5 / 2)


@pytest.mark.parametrize("points", [[], [(0.5, 0.5)], [(0.5, 0.1), (0.5, 0.9)]])
def test_what_does_not_vary_correlates_with_nothing(points: list[tuple[float, float]]) -> None:
    assert pearson(points) is None
    assert spearman(points) is None


def test_the_diagram_shows_a_disc_for_each_bin_where_it_belongs() -> None:
    filled = bins([(0.55, 0.5), (0.95, 1.0), (0.97, 1.0), (0.96, 1.0), (0.98, 1.0)], (0, 0.9, 1))
    svg = ElementTree.fromstring(reliability_svg(filled, "<butluc>", "predicted", "measured"))
    low, high = (node.attrib for node in svg.iter("{http://www.w3.org/2000/svg}circle"))
    frame = next(node.attrib for node in svg.iter("{http://www.w3.org/2000/svg}rect") if node.get("fill") == "none")
    assert float(high["cy"]) == float(frame["y"])
    assert float(low["cy"]) == float(frame["y"]) + float(frame["height"])
    assert float(low["cx"]) < float(high["cx"]) < float(frame["x"]) + float(frame["width"])
    assert float(high["r"]) == pytest.approx(2 * float(low["r"]), rel=0.02)

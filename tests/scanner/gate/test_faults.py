"""Each fault of known size is found, and told from what resembles it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from samples import faults
from samples.ageing import RECIPES, age
from scanner.gate.findings import Place, Verdict
from scanner.gate.options import GateOptions
from scanner.gate.sheet import SIDES, find_sheet
from scanner.gate.view import view
from scanner.options import Colour
from tests.scanner.gate.pages import DPI, findings, judged, judgment

PAGE = judgment()[0]
EMPTY = faults.scanned(np.full_like(PAGE, 255), 3)


@pytest.mark.parametrize(
    ("sigma", "verdict"), [(0.05, None), (0.1, None), (0.2, Verdict.LOOK), (0.3, Verdict.RESCAN), (0.6, Verdict.RESCAN)]
)
def test_blur_is_measured_on_strokes(sigma: float, verdict: Verdict | None) -> None:
    found = findings(faults.blurred(PAGE, DPI, sigma)).get("blurred")
    assert (found.verdict if found else None) == verdict
    assert found is None or sigma * 0.6 < found.value < sigma * 1.3


def test_movement_along_the_feed_is_blur_too() -> None:
    assert findings(faults.smeared(PAGE, DPI, 1.0))["blurred"].verdict is Verdict.RESCAN


def test_pages_without_writing_are_not_called_blurred() -> None:
    stained = age(np.full_like(PAGE, 255), RECIPES["heavy"], seed=4, back=PAGE)
    for page in (EMPTY, stained, faults.blurred(stained, DPI, 0.3)):
        assert "blurred" not in findings(page)


def test_low_resolution_is_not_called_blur() -> None:
    small = np.asarray(cv2.resize(PAGE, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    found = findings(small, dpi=DPI / 2)
    assert set(found) == {"resolution"} and found["resolution"].verdict is Verdict.RESCAN


@pytest.mark.parametrize(("right", "down", "side"), [(-36, 0, Place.LEFT), (0, -30, Place.TOP)])
@pytest.mark.parametrize("ground", [40, 250])
def test_text_that_runs_out_of_the_picture(right: int, down: int, side: Place, ground: int) -> None:
    page = faults.shifted(PAGE, DPI, right, down, ground)
    (cut,) = (it for it in judged(page).findings if it.code == "scanner.gate-cut")
    assert cut.place is side and cut.verdict is Verdict.RESCAN and cut.box is not None


def test_an_empty_margin_outside_the_picture_is_a_doubt() -> None:
    found = findings(faults.shifted(PAGE, DPI, 12, 0))
    assert found["outside"].place is Place.RIGHT and "cut" not in found
    assert found["outside"].verdict is Verdict.LOOK and found["outside"].value == pytest.approx(12, abs=1.5)


@pytest.mark.parametrize("degrees", [-14, -6, -1, 0, 2, 5, 14])
def test_skew_is_measured_in_degrees(degrees: float) -> None:
    found = findings(faults.turned(PAGE, degrees)).get("skew")
    if abs(degrees) <= 2:
        assert found is None
    else:
        assert found is not None and found.value == pytest.approx(abs(degrees), abs=0.6)
        assert found.verdict is (Verdict.RESCAN if abs(degrees) > 12 else Verdict.LOOK)


@pytest.mark.parametrize(("ground", "degrees"), [(40, 0.0), (40, 3.0), (253, 0.0)])
def test_the_sheet_is_found_on_its_ground(ground: int, degrees: float) -> None:
    page = faults.on_ground(PAGE, DPI, 12, ground)
    if degrees:
        page = faults.turned(page, degrees, ground)
    seen = view(page, DPI)
    sheet = find_sheet(seen)
    assert set(sheet.sides) == set(SIDES)
    assert seen.mm(sheet.across) == pytest.approx(210, abs=2) and seen.mm(sheet.down) == pytest.approx(297, abs=2)
    assert sheet.degrees == pytest.approx(-degrees, abs=0.3)


def test_sides_must_be_seen_where_the_device_shows_them() -> None:
    options = GateOptions(whole_sheet=True)
    inner = PAGE[40:-40, 40:-40]
    unseen = [it.place for it in judged(inner, gate=options).findings if it.code == "scanner.gate-side-unseen"]
    assert set(unseen) == set(SIDES)
    assert "side-unseen" not in findings(faults.on_ground(PAGE, DPI, 10), gate=options)


@pytest.mark.parametrize(("gain", "verdict"), [(0.2, Verdict.RESCAN), (0.35, Verdict.LOOK), (0.7, None)])
def test_dark_pictures(gain: float, verdict: Verdict | None) -> None:
    found = findings(faults.exposed(PAGE, gain)).get("dark")
    assert (found.verdict if found else None) == verdict


def test_burnt_paper_is_told_from_whitened_paper() -> None:
    old = age(PAGE, RECIPES["office-1996"], seed=9)
    assert "burnt" not in findings(old)
    assert findings(faults.exposed(old, 1.6))["burnt"].verdict is Verdict.LOOK
    white = faults.exposed(PAGE, 1.5)
    assert not findings(white)
    assert set(findings(white, gate=GateOptions(white_is_doubtful=True))) == {"whitened"}


def test_pale_strokes_on_pure_white_have_lost_paler_ones() -> None:
    pale = 255 - (255 - PAGE.astype(np.float32)) * 0.35
    washed = np.clip(pale * 1.2, 0, 255).astype(np.uint8)
    assert findings(washed)["faint"].verdict is not Verdict.PASS
    assert "faint" not in findings(pale.astype(np.uint8))


def test_pictures_without_paper() -> None:
    assert set(findings(np.full_like(PAGE, 6))) >= {"black"}
    assert judged(np.full_like(PAGE, 6)).verdict is Verdict.RESCAN
    assert judged(np.full_like(PAGE, 255)).verdict is Verdict.LOOK


def test_blank_sheets_are_a_doubt_where_one_side_is_scanned() -> None:
    assert findings(EMPTY)["blank"].verdict is Verdict.LOOK
    assert judged(EMPTY, duplex=True).verdict is Verdict.PASS


@pytest.mark.parametrize(("ground", "folded"), [(40, True), (252, True), (40, False)])
@pytest.mark.parametrize(("leg", "verdict"), [(3, None), (12, Verdict.LOOK), (36, Verdict.RESCAN)])
def test_corners(ground: int, folded: bool, leg: float, verdict: Verdict | None) -> None:
    found = findings(faults.cornered(PAGE, DPI, leg, ground, folded=folded)).get("corner")
    assert (found.verdict if found else None) == verdict
    if found is not None and found.box is not None:
        assert found.place is Place.TOP_RIGHT and found.value == pytest.approx(leg, abs=2)
        assert found.box[2] >= PAGE.shape[1] - 10 and found.box[1] <= 10


def test_two_sheets_at_once() -> None:
    double = faults.overlapping(PAGE, judgment()[1], DPI, 40)
    found = findings(double)
    assert found["too-long"].verdict is Verdict.LOOK and found["second-sheet"].verdict is Verdict.RESCAN
    middle = (found["second-sheet"].box or (0, 0, 0, 0))[1]
    assert middle == pytest.approx(PAGE.shape[0], abs=30)


def test_the_tone_of_a_second_sheet_is_a_doubt_and_folds_are_none() -> None:
    assert findings(faults.second_tone(PAGE, DPI, 200, 6))["second-sheet"].verdict is Verdict.LOOK
    folded = PAGE.copy()
    folded[1170:1174] = (folded[1170:1174] * 0.7).astype(np.uint8)
    assert "second-sheet" not in findings(folded)


def test_what_was_asked_and_what_came() -> None:
    assert set(findings(PAGE, dpi=196, paper_mm=(214.0, 303.0))) == set()
    assert findings(PAGE[:, : PAGE.shape[1] * 9 // 10])["smaller"].value == pytest.approx(10, abs=1)
    wide = np.concatenate([PAGE, PAGE[:, :200]], axis=1)
    assert findings(wide)["larger"].value > 10
    bitonal = np.where(PAGE > 128, 255, 0).astype(np.uint8)[:, :, 0]
    assert findings(bitonal)["bitonal"].verdict is Verdict.RESCAN
    assert "bitonal" not in findings(bitonal, colour=Colour.BITONAL)
    assert "grey" not in findings(PAGE[:, :, 0], colour=Colour.GREY)

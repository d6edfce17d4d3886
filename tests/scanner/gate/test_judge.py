"""The judgement as a whole: good pages pass, verdicts follow from findings, findings lie on the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import fill
from core.errors import BadInputError
from core.messages import catalogue
from imaging.raster import load_image
from samples.faults import blurred, cornered, exposed, shifted, turned
from samples.make import CASE_FILES
from scanner.gate.findings import Finding, Judgement, Place, Verdict, judged
from scanner.gate.judge import judge
from scanner.gate.options import Check, GateOptions
from scanner.gate.streaks import RollerHistory
from scanner.measure import assumed_dpi
from scanner.options import ScanOptions
from tests.scanner.gate.pages import DPI, findings, judgment
from tests.scanner.gate.pages import judged as judged_page

SHARED = Path(__file__).parents[4] / "shared" / "pages"
GATE = Path(__file__).parents[3] / "scanner" / "gate"


def test_good_pages_pass() -> None:
    history = RollerHistory()
    for page in judgment():
        assert judge(page, DPI, ScanOptions(dpi=DPI), history) == Judgement()


def test_aged_pages_are_never_sent_back() -> None:
    pages = json.loads((CASE_FILES / "manifest.json").read_text("utf-8"))["pages"]
    history = RollerHistory()
    for entry in pages[::4]:
        raster = load_image(CASE_FILES / entry["file"])
        assert judge(raster, 300, ScanOptions(), history).verdict is not Verdict.RESCAN, entry["file"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/pages is absent")
@pytest.mark.parametrize("folder", ["printed-vi", "typewritten-fr"])
def test_real_pages_are_never_sent_back_but_for_their_resolution(folder: str) -> None:
    options, history = ScanOptions(gate=GateOptions(off=frozenset({Check.RESOLUTION}))), RollerHistory()
    for path in sorted((SHARED / folder).glob("*.jpg"))[::2]:
        raster = load_image(path)
        judgement = judge(raster, assumed_dpi(raster.shape[1], raster.shape[0], options), options, history)
        assert judgement.verdict is not Verdict.RESCAN, (path.name, judgement.findings)


def test_the_verdict_is_the_worst_of_the_findings_which_come_first() -> None:
    assert Judgement().verdict is Verdict.PASS
    kinds = [Verdict.PASS, Verdict.RESCAN, Verdict.LOOK]
    judgement = judged(Finding("scanner.gate-grey", 0.0, 0.0, verdict) for verdict in kinds)
    assert [finding.verdict for finding in judgement.findings] == [Verdict.RESCAN, Verdict.LOOK, Verdict.PASS]
    assert judgement.verdict is Verdict.RESCAN


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(1, 420),
    width=st.integers(1, 420),
    coarse=st.integers(1, 60),
    dpi=st.floats(10, 1200),
    grey=st.booleans(),
)
def test_whatever_comes_in_findings_lie_on_the_page(
    seed: int, height: int, width: int, coarse: int, dpi: float, grey: bool
) -> None:
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 256, (height // coarse + 1, width // coarse + 1, 3), dtype=np.uint8)
    raster = blocks.repeat(coarse, 0).repeat(coarse, 1)[:height, :width]
    judgement = judged_page(raster[:, :, 0] if grey else raster, dpi=dpi, gate=GateOptions(whole_sheet=True))
    assert judgement.verdict == max((it.verdict for it in judgement.findings), key=list(Verdict).index)
    for finding in judgement.findings:
        x0, y0, x1, y1 = finding.box or (0, 0, width, height)
        assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height, finding
        assert np.isfinite(finding.value) and np.isfinite(finding.limit)
        assert finding.message("vi") and finding.message("en")


def test_each_check_can_be_switched_off() -> None:
    page = judgment()[0]
    spoilt = {
        Check.FOCUS: blurred(page, DPI, 0.4),
        Check.SKEW: turned(page, 6),
        Check.EDGES: shifted(page, DPI, -36, 0),
        Check.EXPOSURE: exposed(page, 0.35),
        Check.CORNERS: cornered(page, DPI, 20, 40, folded=True),
        Check.EMPTY: exposed(page, 0.05),
        Check.COLOUR: np.repeat(page[:, :, :1], 3, axis=2),
    }
    for check, bad in spoilt.items():
        size = {Check.SIZE} if check is Check.EDGES else set()
        assert findings(bad, gate=GateOptions(off=frozenset(size))), check
        assert not findings(bad, gate=GateOptions(off=frozenset({check, Check.EXPOSURE, *size}))), check


def test_a_page_is_not_changed_and_grey_is_taken_as_it_is() -> None:
    grey = np.ascontiguousarray(judgment()[1][:, :, 1])
    before = grey.copy()
    assert set(findings(grey)) == {"grey"}
    assert (grey == before).all()


@pytest.mark.parametrize(
    ("raster", "dpi"),
    [
        (np.zeros((0, 5), np.uint8), 300.0),
        (np.zeros((5, 5, 4), np.uint8), 300.0),
        (np.zeros((5, 5), np.float32), 300.0),
        (np.zeros((5, 5), np.uint8), 0.0),
        (np.zeros((5, 5), np.uint8), float("nan")),
    ],
)
def test_what_is_no_page_is_refused(raster: np.ndarray, dpi: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        judged_page(raster, dpi=dpi)


def test_profiles_set_thresholds_and_refuse_nonsense() -> None:
    table = {"gate": {"off": ["skew", "double-feed"], "blur_mm": [0.2, 0.3]}}
    gate = fill(ScanOptions, table, file="to-a4.toml").gate
    assert gate.off == {Check.SKEW, Check.DOUBLE_FEED} and gate.blur_mm == (0.2, 0.3)
    for wrong in ({"off": ["colours"]}, {"blur_mm": [0.3, 0.2]}, {"dark_percent": [20.0, 40.0]}, {"streak_pages": 1}):
        with pytest.raises(BadInputError):
            fill(ScanOptions, {"gate": wrong}, file="to-a4.toml")


def test_every_code_has_its_text_and_every_text_its_code() -> None:
    codes = set(re.findall(r'"scanner\.(gate-[a-z-]+)"', "".join(it.read_text("utf-8") for it in GATE.glob("*.py"))))
    assert codes == {slug for slug in catalogue("scanner") if slug.startswith("gate-")}
    for place in Place:
        finding = Finding("scanner.gate-cut", 5.5, 4.0, Verdict.LOOK, place=place)
        assert "5,5" in finding.message("vi") and "5.5" in finding.message("en")
        assert catalogue("scanner")[f"place-{place}"]["vi"]["name"] in finding.message("vi")
        assert finding.remedy("vi") != finding.remedy("en")

"""A Vietnamese judgment on good paper, as the tests of the gate spoil it."""

from __future__ import annotations

from functools import cache
from typing import Any

from samples.faults import Picture, scanned
from samples.fonts import FontBook
from samples.layout import render_document
from samples.make import read_case
from scanner.gate.findings import Finding, Judgement
from scanner.gate.judge import judge
from scanner.gate.options import GateOptions
from scanner.gate.streaks import RollerHistory
from scanner.options import ScanOptions

DPI = 200


@cache
def judgment() -> tuple[Picture, ...]:
    """Its three pages, RGB at 200 dpi; not to be changed."""
    document = next(entry for entry in read_case("TAND-ST.HS.1996.00317") if entry.slug.endswith("ban-an"))
    pages = render_document(document.text, document.style, FontBook(), DPI, seed=7, first_folio=81)
    made = tuple(scanned(page.image, number) for number, page in enumerate(pages))
    for page in made:
        page.setflags(write=False)
    return made


def judged(page: Picture, *, dpi: float = DPI, gate: GateOptions | None = None, **scan: Any) -> Judgement:
    """The judgement by a profile that asks for 200 dpi, on a sensor that has seen nothing yet."""
    options = ScanOptions(**{"dpi": DPI, "gate": gate or GateOptions(), **scan})
    return judge(page, dpi, options, RollerHistory())


def findings(page: Picture, **options: Any) -> dict[str, Finding]:
    """What :func:`judged` found, by code without its beginning."""
    return {it.code.removeprefix("scanner.gate-"): it for it in judged(page, **options).findings}

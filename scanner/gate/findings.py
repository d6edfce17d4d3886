"""What the gate answers: findings, each with its measure and its limit, and the verdict that follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core import messages
from core.model import Box
from scanner.gate.options import Limits


class Verdict(StrEnum):
    """What is to be done, from nothing to the most."""

    PASS = "pass"
    LOOK = "look"
    """A person should look at the picture: something may be wrong."""
    RESCAN = "rescan"
    """Content is lost that no later step can bring back."""

    @property
    def weight(self) -> int:
        """0 for pass, 1 for look, 2 for rescan."""
        return list(Verdict).index(self)


class Place(StrEnum):
    """Side or corner of a page."""

    LEFT = "left"
    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found on a page.

    ``code`` names its text in the messages; ``value`` and ``limit`` are in the unit of that text (mm, degrees,
    percent, dpi); ``box`` is where it stands, in pixels of the page, or ``None`` for the page as a whole.
    """

    code: str
    value: float
    limit: float
    verdict: Verdict
    box: Box | None = None
    place: Place | None = None

    def message(self, lang: str = "en") -> str:
        """One sentence."""
        return self._text("message", lang)

    def remedy(self, lang: str = "en") -> str:
        """What to do about it."""
        return self._text("remedy", lang)

    def _text(self, part: str, lang: str) -> str:
        place = messages.text(f"scanner.place-{self.place}", "name", lang) if self.place else ""
        params = {"value": _number(self.value, lang), "limit": _number(self.limit, lang), "place": place}
        return messages.text(self.code, part, lang, params)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a page and what it rests on, worst first."""

    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings; pass without any."""
        return max((finding.verdict for finding in self.findings), key=lambda it: it.weight, default=Verdict.PASS)


def judged(findings: Iterable[Finding]) -> Judgement:
    """The judgement that rests on ``findings``."""
    return Judgement(tuple(sorted(findings, key=lambda it: -it.verdict.weight)))


def above(value: float, limits: Limits) -> tuple[Verdict, float]:
    """The verdict on a value that must stay below its limits, and the limit that it broke (pass: the nearest)."""
    look, rescan = limits
    if value >= rescan:
        return Verdict.RESCAN, rescan
    return (Verdict.LOOK if value >= look else Verdict.PASS), look


def below(value: float, limits: Limits) -> tuple[Verdict, float]:
    """The verdict on a value that must stay above its limits, and the limit that it broke (pass: the nearest)."""
    look, rescan = limits
    if value < rescan:
        return Verdict.RESCAN, rescan
    return (Verdict.LOOK if value < look else Verdict.PASS), look


def _number(value: float, lang: str) -> str:
    shown = f"{value:.0f}" if abs(value) >= 20 else f"{value:.2f}" if abs(value) < 1 else f"{value:.1f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return shown.replace(".", ",") if lang == "vi" else shown

"""What a profile says of the gate: its ``[scan.gate]`` table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

Limits = tuple[float, float]
"""Where a doubt begins (look) and where content is lost (rescan)."""


class Check(StrEnum):
    """What the gate looks for; each can be named in ``off``."""

    RESOLUTION = "resolution"
    COLOUR = "colour"
    SIZE = "size"
    EMPTY = "empty"
    BLANK = "blank"
    EDGES = "edges"
    FOCUS = "focus"
    EXPOSURE = "exposure"
    SKEW = "skew"
    CORNERS = "corners"
    STREAKS = "streaks"
    DOUBLE_FEED = "double-feed"


@dataclass(frozen=True, slots=True)
class GateOptions:
    """Thresholds of the gate; resolution, colour, paper and blankness are those of the ``[scan]`` table around it."""

    off: frozenset[Check] = frozenset()
    """Checks that are not made."""
    black_percent: float = 16.0
    """A picture whose brightest places give back less light than this shows no paper: lid open, lamp dead."""
    dark_percent: Limits = (42.0, 22.0)
    """Light that the paper gives back."""
    burnt_percent: float = 8.0
    """Share of the paper that is burnt to pure white, while other parts of it keep their shade."""
    white_is_doubtful: bool = False
    """Look at every page whose paper is pure white all over: for paper with pale pencil, and devices that whiten."""
    faint_percent: Limits = (45.0, 25.0)
    """Light that strokes take, where paper is pure white: paler ones have been washed out beside them."""
    blur_mm: Limits = (0.16, 0.24)
    """Standard deviation of the blur across strokes; letters of 2 mm lose their marks at about 0.25."""
    skew_degrees: Limits = (3.0, 12.0)
    """Slope of the text, or of the sheet where there is none. Reading levels up to 12."""
    cut_marks: Limits = (4.0, 6.0)
    """Strokes that run out of the picture on one side; the first is enough where the sheet is known to do so too."""
    outside_mm: float = 4.0
    """How much of the sheet may lie outside the picture, as told by the sides that are seen."""
    whole_sheet: bool = False
    """The device shows a ground beyond the paper, so that all four sides of a sheet must be seen."""
    corner_mm: Limits = (6.0, 30.0)
    """Shorter leg of a corner that is folded over or missing."""
    streak_percent: Limits = (2.0, 8.0)
    """Light that a streak takes or adds, where several pages bear it."""
    streak_alone_percent: float = 5.0
    """The same where only this page bears it, which is never more than a doubt."""
    streak_pages: int = 3
    """Pages of the last few that must bear a streak in one place before the glass is blamed."""
    step_percent: float = 4.0
    """Change of the paper's light across the whole sheet that tells of a second sheet beneath."""

    def __post_init__(self) -> None:
        if self.streak_pages < 2:
            raise ValueError("streak_pages must be at least 2")
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, tuple):
                _check_limits(entry.name, value, falling=entry.name in ("dark_percent", "faint_percent"))
            elif isinstance(value, float) and not value > 0:
                raise ValueError(f"{entry.name} must be positive")


def _check_limits(name: str, limits: Limits, *, falling: bool) -> None:
    look, rescan = reversed(limits) if falling else limits
    if not 0 < look <= rescan:
        raise ValueError(f"{name} must be positive, and its second limit the stricter one")

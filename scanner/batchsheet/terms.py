"""Words, times and numbers of the sheet in its language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.batchsheet.shown import said


@dataclass(frozen=True, slots=True)
class Terms:
    """A language and, in ``clock``, the zone in which times are shown."""

    lang: str
    clock: datetime

    def said(self, slug: str, **params: object) -> str:
        """A text of the sheet."""
        return said(slug, self.lang, **params)

    def time(self, at: str | None) -> str:
        """A time as journals write it, by the clock on the wall; a dash for none."""
        if at is None:
            return "–"
        return datetime.fromisoformat(at).astimezone(self.clock.tzinfo).strftime("%H:%M:%S %d/%m/%Y")

    @property
    def zone(self) -> str:
        """Such as ``UTC+07:00``."""
        offset = self.clock.strftime("%z")
        return f"UTC{offset[:3]}:{offset[3:5]}"

    def number(self, value: float) -> str:
        """With one decimal."""
        text = f"{value:.1f}"
        return text.replace(".", ",") if self.lang == "vi" else text

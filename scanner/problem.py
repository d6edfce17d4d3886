"""What keeps a batch open, or is only to be known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import messages
from scanner.gate.findings import Finding


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a batch does not add up; ``cause`` is the reason behind it, if there is one."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    cause: Problem | Finding | None = None

    def message(self, lang: str = "en") -> str:
        """One sentence."""
        cause = {"cause": self.cause.message(lang)} if self.cause else {}
        return messages.text(self.code, "message", lang, {**self.params, **cause})

    def remedy(self, lang: str = "en") -> str:
        """What to do about it."""
        return messages.text(self.code, "remedy", lang, self.params)

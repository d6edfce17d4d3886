"""Rules of retention, as data: ``jobs/retention.toml``, and before it the home's own ``retention/rules.toml``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from archive.packages.choices import code_list
from core.config import fill
from core.text import nfc
from jobs.settings import read_toml

_OURS = Path(__file__).with_name("retention.toml")
OWN_RULES = ("retention", "rules.toml")
"""Where a home keeps rules of its own."""
PERMANENT = "permanent"


@dataclass(frozen=True)
class Rule:
    """One rule; see ``retention.toml`` for its parts."""

    name: str
    code: str
    source: str
    certainty: str
    fonds: tuple[str, ...] = ()
    case_types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.code and self.code not in code_list("maintenance"):
            raise ValueError(f"code: one of {', '.join(code_list('maintenance'))}")
        if self.certainty not in ("T", "D", "M"):
            raise ValueError("certainty: one of T, D, M")

    def fits(self, fonds: str, case_types: Collection[str]) -> bool:
        """Whether it is a rule for case files of this fonds or of one of these types."""
        return any(fnmatchcase(fonds, nfc(pattern)) for pattern in self.fonds) or bool(
            set(self.case_types) & set(case_types)
        )


@dataclass(frozen=True)
class _File:
    rule: tuple[Rule, ...]
    periods: dict[str, int | str] | None = None


@dataclass(frozen=True)
class Rules:
    """All rules in their order, and code → years, ``permanent`` or ``unknown``."""

    rules: tuple[Rule, ...]
    periods: dict[str, int | str]

    def of(self, fonds: str, case_types: Collection[str]) -> Rule | None:
        """The first that fits."""
        return next((rule for rule in self.rules if rule.fits(fonds, case_types)), None)

    def longest(self, codes: Collection[str]) -> str:
        """Of the periods of a mixed file the one that counts: permanent before unknown before the most years."""
        return max(codes, key=self._length)

    def _length(self, code: str) -> tuple[int, int]:
        period = self.periods[code]
        if isinstance(period, int):
            return 0, period
        return (2, 0) if period == PERMANENT else (1, 0)


def read_rules(home: Path) -> Rules:
    """The rules that are in force in a home.

    Raises:
        BadInputError: the home's own rules have a mistake.
    """
    ours = fill(_File, read_toml(_OURS), file=_OURS)
    own = home.joinpath(*OWN_RULES)
    theirs = fill(_File, read_toml(own), file=own) if own.exists() else _File(())
    return Rules((*theirs.rule, *ours.rule), {**(ours.periods or {}), **(theirs.periods or {})})

"""The word lists beside this module: ``french.toml`` and ``vietnamese.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def _table(language: str) -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"))


def words_of(language: str, key: str) -> tuple[str, ...]:
    """The single words of a list."""
    return tuple(_table(language)[key].split())


def phrases(language: str, key: str) -> tuple[str, ...]:
    """The phrases of a list, one a line."""
    return tuple(_table(language)[key].strip().split("\n"))

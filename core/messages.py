"""Texts that people see, in Vietnamese and English.

Each package keeps its texts in ``<package>/messages.json``::

    {"slug": {"vi": {"message": "…", "remedy": "…"}, "en": {"message": "…", "remedy": "…"}}}

and refers to them by the code ``"<package>.<slug>"``, so that a text stands beside the code that needs it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from core.text import legible

LANGUAGES = ("vi", "en")
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Unicode categories: controls, formats such as direction overrides, line and paragraph ends."""


@cache
def catalogue(package: str) -> dict[str, dict[str, dict[str, str]]]:
    """All texts of one package, as in its ``messages.json``."""
    texts: dict[str, dict[str, dict[str, str]]] = json.loads(
        files(package).joinpath("messages.json").read_text(encoding="utf-8")
    )
    return texts


def text(code: str, part: str, lang: str, params: Mapping[str, object] | None = None) -> str:
    """The text of ``code`` in ``lang``, its placeholders filled.

    Raises:
        KeyError: the code, part or language is unknown, or a placeholder has no value (a programming error).
    """
    package, _, slug = code.partition(".")
    shown = {name: one_line(value) if isinstance(value, str) else value for name, value in (params or {}).items()}
    return catalogue(package)[slug][lang][part].format_map(shown)


def one_line(value: str) -> str:
    """``value`` with line ends, control and direction signs escaped: a file's name must not govern the terminal."""
    if any("\udc80" <= char <= "\udcff" for char in value):
        value = legible(value)
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _UNSEEN else char for char in value
    )


def language_of(locale_name: str | None) -> str:
    """``"vi"`` for a Vietnamese locale name such as ``vi_VN.UTF-8``, else ``"en"``."""
    return "vi" if (locale_name or "").lower().startswith("vi") else "en"

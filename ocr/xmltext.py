"""What both XML forms need: text that XML 1.0 can hold, and a namespace without prefix."""

from __future__ import annotations

import re
from typing import Any

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """``text`` with characters that XML 1.0 forbids (controls, lone surrogates) shown as U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text)


def default_namespace(address: str) -> dict[Any, str]:
    """lxml's map for elements without prefix; its type hints know no key ``None``, though its manual does."""
    return {None: address}

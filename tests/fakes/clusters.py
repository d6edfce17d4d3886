"""A client whose connection breaks where a test says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from elastic_transport import ConnectionError as NoConnectionError

BEFORE, AFTER = "before", "after"


class Breaking:
    """Passes every call on to ``inner``, but raises before or after those for which ``breaks`` says so by their name
    (``bulk``, ``indices.update_aliases`` …)."""

    def __init__(self, inner: Any, breaks: Callable[[str], str | None], path: str = "") -> None:
        self._inner, self._breaks, self._path = inner, breaks, path

    def __getattr__(self, name: str) -> Any:
        return Breaking(getattr(self._inner, name), self._breaks, f"{self._path}.{name}".lstrip("."))

    def __call__(self, *args: Any, **values: Any) -> Any:
        when = self._breaks(self._path)
        if when == BEFORE:
            raise NoConnectionError("cut off before it was sent")
        answer = self._inner(*args, **values)
        if when == AFTER:
            raise NoConnectionError("cut off before the answer came")
        return answer


def breaking(*plan: tuple[str, str]) -> Callable[[Any], Any]:
    """What wraps a client so that the calls of ``plan`` (name and when) break, once for each entry."""
    left = list(plan)

    def breaks(name: str) -> str | None:
        for entry in left:
            if entry[0] == name:
                left.remove(entry)
                return entry[1]
        return None

    return lambda client: Breaking(client, breaks)

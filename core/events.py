"""What happened, as data: events are handed to an outbox in the transaction of the act they tell of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from core import __version__
from core.text import legible


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to which object, when and why.

    ``at`` is UTC, ISO 8601 with offset. ``before`` and ``after`` are hashes or short values of what changed.
    """

    act: str
    object: str
    who: str
    at: str
    uid: str
    reason: str | None = None
    before: str | None = None
    after: str | None = None
    software: str = f"butluc {__version__}"
    details: Mapping[str, Any] = field(default_factory=dict)


class Outbox(Protocol):
    """Takes events within the transaction of the act; a crash cannot part the two."""

    def put(self, event: Event) -> None:
        """Keep the event for the chain."""


def now() -> str:
    """The time as events and journals write it: UTC, ISO 8601, milliseconds, with offset."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def new_event(
    act: str,
    obj: str,
    who: str,
    *,
    reason: str | None = None,
    before: str | None = None,
    after: str | None = None,
    **details: object,
) -> Event:
    """An event that happens now, with an identity of its own; its texts are such that the chain can hold them."""
    why = legible(reason) if reason is not None else None
    return Event(act, legible(obj), legible(who), now(), uuid.uuid4().hex, why, before, after, details=details)

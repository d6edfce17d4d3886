"""One run of a device over a stack: what is asked for, what is noted of the device, and what came of it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.config import plain
from core.errors import ButlucError
from core.model import PageImage
from scanner.batch import BatchState
from scanner.driver import Compromise, Feeder
from scanner.options import ScanOptions


@dataclass(frozen=True, slots=True)
class Stack:
    """What is scanned: sheets of one case file, unless covers among them say otherwise."""

    case_file: str
    profile: str
    options: ScanOptions
    sheets: int | None
    """A person's count, without covers; scanning stops there."""
    by: str
    used: Container[str] = frozenset()
    """Print identifiers of covers that other batches hold; only asked where a cover is met."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of what other batches hold from the device, where that is a folder whose files stay, by origin."""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What one call did."""

    pages: tuple[PageImage, ...]
    documents: tuple[str, ...]
    """Those of the stack that hold pages, of earlier calls too."""
    held: int
    """Sheets of the stack in the batch, those of earlier calls included."""
    covers: int
    """Cover and patch sheets that were fed with them."""
    feed_from: int
    """The sheet of the paper, covers counted, from which a stack that stopped is fed again."""
    expected: int | None
    stopped: ButlucError | None
    """Why the stack is not finished."""
    compromises: tuple[Compromise, ...]
    state: BatchState


def device_note(feeder: Feeder, stack: Stack, key: str) -> tuple[str, dict[str, Any]]:
    """The entry of the journal that tells which device feeds the stack with the source key ``key``, and how."""
    device = feeder.device
    model = f"{device.vendor} {device.model}".strip()
    about = {"case_file": stack.case_file, "device": device.name, "model": model, "by": stack.by}
    return "device", {"source_key": key, **about, "compromises": plain(feeder.compromises)}

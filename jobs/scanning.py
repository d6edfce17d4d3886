"""Scan a stack into a batch of the home, and keep catalogue and chain in step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from core.events import new_event
from core.files import digest
from core.ids import check_case_file
from jobs.errands import begin, end, forget_empty
from jobs.home import Home
from jobs.intake import Ordinals, batch_names, claimed, new_batch, sync_batch
from jobs.profile import load_profile
from jobs.tombstones import refuse_destroyed
from scanner.backs.feeding import scan_backs
from scanner.backs.passes import BackOrder
from scanner.driver import Feeder
from scanner.drivers import open_device
from scanner.journal import NAME as JOURNAL
from scanner.journal import last_seq
from scanner.options import ScanOptions
from scanner.run import ScanResult, Stack
from scanner.scan import scan as feed_stack
from scanner.stacks import prints_in
from scanner.watched import taken_from
from scanner.watcher import Watcher


def scan(
    home: Home,
    device: str,
    case_file: str,
    *,
    profile: str,
    batch: str | None,
    sheets: int | None,
    who: str,
    settings: Mapping[str, str],
    changes: Mapping[str, object],
    watcher: Watcher,
    backs: BackOrder | None = None,
) -> tuple[str | None, ScanResult]:
    """Scan until the stack is at its end, the count is reached or the device stops; the batch (``None`` where nothing
    was fed into a new one) and what came of it.

    Args:
        home: that the batch is in.
        device: name, as :func:`scanner.drivers.open_device` takes it.
        case_file: identifier.
        profile: name.
        batch: to go on with, or to begin; ``None``: a new one of the day.
        sheets: a person's count of the stack.
        who: does it.
        settings: the device's own options, over those of the profile.
        changes: fields of the profile's ``[scan]`` table that are other than there.
        watcher: is told of each sheet.
        backs: the stack is that of the batch's last fronts, turned over, and fed in this order.

    Raises:
        UsageError: an identifier, profile or option that cannot be used.
        MissingToolError: the device is not there or taken, the disk is full, or somebody else works on the batch.
        BadInputError: there was no paper, or the case file was destroyed.
    """
    case_file = check_case_file(case_file)
    refuse_destroyed(home, case_file)
    options = replace(load_profile(profile, home.root).scan, **changes)  # type: ignore[arg-type]
    options = options if backs is None else replace(options, duplex=False)
    with opened(device, options, settings) as feeder, claimed(home, batch, lambda: new_batch(home)) as name:
        prints, elsewhere = UsedPrints(home, name), held_of(home, feeder, but=name)
        stack = Stack(case_file, profile, options, sheets, who, prints, elsewhere)
        errand = begin(home, name, [digest(["scan", name])])
        try:
            folder, ordinals = home.batch_folder(name), Ordinals(home, name, profile)
            if backs is None:
                result = feed_stack(folder, feeder, stack, ordinals, watcher, lock=None)
            else:
                result = scan_backs(folder, feeder, stack, backs, ordinals, watcher, lock=None)
        finally:
            forget_empty(home, name)
        if not home.batch_folder(name).is_dir():
            return None, result
        pages = sync_batch(home, name, since=errand.since)
        stopped = result.stopped.code if result.stopped else None
        about = {"case_file": case_file, "device": device} | ({} if backs is None else {"backs": backs.value})
        told = new_event("scan", name, who, **about, pages=pages, stopped=stopped)
        end(home, name, errand, told if last_seq(home.batch_folder(name)) != errand.since else None)
    return name, result


def held_of(home: Home, feeder: Feeder, but: str | None = None) -> dict[str, str]:
    """What all batches ``but`` one hold of a watched folder, whose files stay where they are; SHA-256 by origin."""
    if feeder.device.driver != "folder":
        return {}
    found: dict[str, str] = {}
    for name in batch_names(home):
        if name != but:
            found |= taken_from(feeder.device.model, home.batch_folder(name) / JOURNAL)
    return found


class UsedPrints:
    """Print identifiers of the covers that other batches hold, whose journals are read when the first cover is met."""

    def __init__(self, home: Home, batch: str) -> None:
        self._home, self._batch = home, batch

    def __contains__(self, print_id: object) -> bool:
        return print_id in self._all

    @cached_property
    def _all(self) -> frozenset[str]:
        others = (name for name in batch_names(self._home) if name != self._batch)
        return frozenset().union(*(prints_in(self._home.batch_folder(name) / JOURNAL) for name in others))


@contextmanager
def opened(device: str, options: ScanOptions, settings: Mapping[str, str]) -> Iterator[Feeder]:
    """The device, set up as the profile asks and then as ``settings`` do; it is let go however its use ends.

    Raises:
        As :func:`scanner.drivers.open_device`.
    """
    feeder = open_device(device, options, {**options.settings, **settings})
    try:
        yield feeder
    finally:
        feeder.close()

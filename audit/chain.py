"""The event chain: append-only JSON Lines, each record bound to the one before by its hash.

A segment holds the records of one UTC day of writing: ``audit/events-2026-11-23.jsonl``. A record is::

    {"seq": 17, "prev": "<hash of record 16>", "event": {…}, "hash": "<SHA-256 of seq, prev and event>"}

``hash`` covers the canonical JSON (sorted keys, no white space) of the other three; record 1 has ``prev`` of 64 zeros.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.config import plain
from core.errors import IntegrityError
from core.events import Event, now
from core.files import canonical_json, digest, disk_errors, fsync_dir

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the chain."""

    seq: int
    prev: str
    hash: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What reading the whole chain showed; ``first_bad`` names segment and line of the first bad record."""

    events: int
    segments: int
    head: str
    first_bad: str | None

    @property
    def ok(self) -> bool:
        return self.first_bad is None


class Chain:
    """The chain in a folder that holds nothing else.

    Args:
        folder: the ``audit/`` folder of a home.
        clock: tells the time that names the segment; UTC, ISO 8601.
    """

    def __init__(self, folder: Path, clock: Callable[[], str] = now) -> None:
        self._folder = folder
        self._clock = clock

    def segments(self) -> list[Path]:
        """The segment files, oldest first."""
        return sorted(self._folder.glob("events-*.jsonl"))

    def append(self, events: Iterable[Event]) -> int:
        """Write the events behind the last record, flushed to the disk; returns how many were written.

        An event already among the last records (by ``uid``) is not written again, so that a caller who was killed
        between writing and taking note of it may simply call again. The caller holds the writer's lock.

        Raises:
            IntegrityError: the last record is damaged.
            MissingToolError: the disk is full.
        """
        last, recent = self._tail()
        rows = [event for event in events if event.uid not in recent]
        if not rows:
            return 0
        segment = self._segment_for_writing()
        lines, seq, prev = [], last.seq if last else 0, last.hash if last else GENESIS
        for event in rows:
            seq += 1
            body = {"seq": seq, "prev": prev, "event": plain(event)}
            prev = digest(body)
            lines.append(canonical_json({**body, "hash": prev}) + "\n")
        with disk_errors(segment), segment.open("ab") as stream:
            stream.write("".join(lines).encode())
            stream.flush()
            os.fsync(stream.fileno())
        fsync_dir(self._folder)
        return len(rows)

    def _segment_for_writing(self) -> Path:
        """Today's segment, or the last one should the clock have gone back."""
        today = self._folder / f"events-{self._clock()[:10]}.jsonl"
        existing = self.segments()
        return max([today, *existing[-1:]])

    def _tail(self) -> tuple[Record | None, set[str]]:
        segments = self.segments()
        if not segments:
            return None, set()
        _drop_torn_line(segments[-1])
        recent: list[Record] = []
        for segment in reversed(segments):
            recent = [*_read_segment(segment), *recent]
            if recent:
                break
        return (recent[-1] if recent else None), {record.event["uid"] for record in recent}

    def records(self) -> Iterator[Record]:
        """All records, oldest first, as they stand; a line that cannot be read raises.

        Raises:
            IntegrityError: a line is not a record; names segment and line.
        """
        for segment in self.segments():
            yield from _read_segment(segment)

    def verify(self, head: str | None = None) -> ChainVerdict:
        """Recount the chain from its first record; ``head`` is an anchor kept elsewhere that must be in it.

        Finds any edit, deletion, insertion, reorder and — with an anchor — truncation. Writes nothing.
        """
        seq, prev, anchored = 0, GENESIS, head is None
        segments = self.segments()
        for segment in segments:
            for number, line in enumerate(segment.read_bytes().splitlines(keepends=True), 1):
                where = f"{segment.name}:{number}"
                record = _parse(line)
                if record is None or record.seq != seq + 1 or record.prev != prev:
                    return ChainVerdict(seq, len(segments), prev, where)
                if digest({"seq": record.seq, "prev": record.prev, "event": record.event}) != record.hash:
                    return ChainVerdict(seq, len(segments), prev, where)
                seq, prev = record.seq, record.hash
                anchored = anchored or record.hash == head
        strangers = {path.name for path in self._folder.iterdir()} - {path.name for path in segments}
        bad = f"{min(strangers)}:1" if strangers else None if anchored else f"head:{head}"
        return ChainVerdict(seq, len(segments), prev, bad)


def _parse(line: bytes) -> Record | None:
    try:
        data = json.loads(line)
        record = Record(data["seq"], data["prev"], data["hash"], data["event"])
    except (ValueError, KeyError, TypeError):
        return None
    whole = {"seq": record.seq, "prev": record.prev, "event": record.event, "hash": record.hash}
    return record if (canonical_json(whole) + "\n").encode() == line else None


def _read_segment(segment: Path) -> Iterator[Record]:
    for number, line in enumerate(segment.read_bytes().splitlines(keepends=True), 1):
        record = _parse(line)
        if record is None:
            raise IntegrityError("audit.bad-record", file=f"{segment}:{number}")
        yield record


def _drop_torn_line(segment: Path) -> None:
    """A power cut in mid-write leaves a line without its end; its event is still in the outbox."""
    data = segment.read_bytes()
    keep = data.rfind(b"\n") + 1
    if keep < len(data):
        with segment.open("rb+") as stream:
            stream.truncate(keep)
            os.fsync(stream.fileno())

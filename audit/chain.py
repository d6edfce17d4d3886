"""The event chain: append-only JSON Lines, each record bound to the one before by its hash.

A segment holds the records of one UTC day of writing: ``audit/events-2026-11-23.jsonl``. A record is::

    {"seq": 17, "prev": "<hash of record 16>", "event": {…}, "hash": "<SHA-256 of seq, prev and event>"}

``hash`` covers the canonical JSON (sorted keys, no white space) of the other three; record 1 has ``prev`` of 64 zeros.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.config import plain
from core.errors import IntegrityError
from core.events import Event, now
from core.files import canonical_json, digest, disk_errors, fsync_dir

GENESIS = "0" * 64
_UID = re.compile(rb'"uid":"([0-9a-f]{32})"')
_BEGINNING = b'{"event":'
_BLOCK = 1 << 16
"""Bytes read at once from the end of a segment."""


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

        An event that already stands (by ``uid``) among as many last records as there are events is not written again,
        so that a caller who was killed between writing and taking note of it may simply call again with the same
        events. The caller holds the writer's lock.

        Raises:
            IntegrityError: the last record is damaged.
            MissingToolError: the disk is full.
        """
        given = list(events)
        if not given:
            return 0
        tail = self._tail(len(given))
        last, recent = (tail[-1] if tail else None), {record.event["uid"] for record in tail}
        rows = [event for event in given if event.uid not in recent]
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

    def _tail(self, count: int) -> list[Record]:
        """The last ``count`` records, or all where there are fewer."""
        segments = self.segments()
        if segments:
            _drop_torn_line(segments[-1])
        found: list[Record] = []
        for segment in reversed(segments):
            found = [*_last_records(segment, count - len(found)), *found]
            if len(found) == count:
                break
        return found

    def uids(self) -> set[str]:
        """The identities of all events; lines are not checked for it."""
        return {uid.decode() for segment in self.segments() for uid in _UID.findall(segment.read_bytes())}

    def holds(self, uid: str) -> bool:
        """Whether an event of this identity stands in the chain, looked up from the newest segment back."""
        return any(uid.encode() in _UID.findall(segment.read_bytes()) for segment in reversed(self.segments()))

    def of_act(self, act: str) -> Iterator[dict[str, Any]]:
        """The events of one act, oldest first; other records are passed over unread.

        Raises:
            IntegrityError: a record that bears one of them is not what was written; names segment and line.
        """
        sign = canonical_json({"act": act})[1:-1].encode()
        for segment in self.segments():
            for number, line in enumerate(segment.read_bytes().splitlines(keepends=True), 1):
                if sign not in line or not line.endswith(b"\n"):
                    continue
                record = _parse(line)
                if record is None or not _is_whole(record):
                    raise IntegrityError("audit.bad-record", file=f"{segment}:{number}")
                if record.event["act"] == act:
                    yield record.event

    def genesis(self) -> str:
        """Hash of the first record, which no other archive has.

        Raises:
            IntegrityError: it is not a record, or there is none.
        """
        first = next(self.records(), None)
        if first is None or not _is_whole(first):
            raise IntegrityError("audit.bad-record", file=f"{self._folder}:1")
        return first.hash

    def records(self) -> Iterator[Record]:
        """All records, oldest first, as they stand; a last line that was cut off in the writing is none.

        Raises:
            IntegrityError: a line is not a record; names segment and line.
        """
        segments = self.segments()
        for segment in segments:
            yield from _read_segment(segment, last=segment == segments[-1])

    def verify(self, head: str | None = None) -> ChainVerdict:
        """Recount the chain from its first record; ``head`` is an anchor kept elsewhere that must be in it.

        Finds any edit, deletion, insertion, reorder and — with an anchor — truncation. A last line that was cut off in
        the writing counts for nothing: its event is still in the outbox. Writes nothing.
        """
        seq, prev, anchored = 0, GENESIS, head is None
        segments = self.segments()
        for segment in segments:
            for number, line in enumerate(segment.read_bytes().splitlines(keepends=True), 1):
                where = f"{segment.name}:{number}"
                record = _parse(line)
                if record is None and segment == segments[-1] and _is_torn(line):
                    break
                if record is None or record.seq != seq + 1 or record.prev != prev:
                    return ChainVerdict(seq, len(segments), prev, where)
                if not _is_whole(record):
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


def _is_whole(record: Record) -> bool:
    return digest({"seq": record.seq, "prev": record.prev, "event": record.event}) == record.hash


def _read_segment(segment: Path, *, last: bool) -> Iterator[Record]:
    for number, line in enumerate(segment.read_bytes().splitlines(keepends=True), 1):
        record = _parse(line)
        if record is None and last and _is_torn(line):
            return
        if record is None:
            raise IntegrityError("audit.bad-record", file=f"{segment}:{number}")
        yield record


def _last_records(segment: Path, count: int) -> list[Record]:
    """At most ``count`` records from the end of a segment, which is read no further back than they reach.

    Raises:
        IntegrityError: one of them is not a record.
    """
    with segment.open("rb") as stream:
        end, length = stream.seek(0, os.SEEK_END), _BLOCK
        while True:
            start = max(0, end - length)
            stream.seek(start)
            lines = stream.read(end - start).splitlines(keepends=True)
            whole = lines[1:] if start else lines
            if len(whole) >= count or start == 0:
                break
            length *= 4
    records = [record for line in whole[-count:] if (record := _parse(line)) is not None]
    return records if len(records) == len(whole[-count:]) else list(_read_segment(segment, last=False))


def _is_torn(line: bytes) -> bool:
    """Whether it may be what a crash left of a line; a whole one with anything but its line feed was changed."""
    begun = line.startswith(_BEGINNING[: len(line)]) and not line.endswith(b"\n")
    return begun and _parse(line[:-1] + b"\n") is None


def _drop_torn_line(segment: Path) -> None:
    """A power cut in mid-write leaves a line without its end; its event is still in the outbox.

    Raises:
        IntegrityError: the last line is not torn but changed.
    """
    data = segment.read_bytes()
    keep = data.rfind(b"\n") + 1
    if keep == len(data):
        return
    if not _is_torn(data[keep:]):
        number = data.count(b"\n") + 1
        raise IntegrityError("audit.bad-record", file=f"{segment}:{number}")
    with segment.open("rb+") as stream:
        stream.truncate(keep)
        os.fsync(stream.fileno())

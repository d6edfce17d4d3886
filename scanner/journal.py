"""The journal of a batch: what was fed, line by line, never rewritten.

A line is a JSON object that ``cat`` shows as it is::

    {"seq": 1, "at": "2026-11-23T03:15:42.120+00:00", "type": "declared", "data": {…}, "sum": "9f86…"}

``sum`` is the SHA-256, in hex, of the ``sum`` of the line before (64 zeros before the first) followed by the bytes of
this line up to ``, "sum"``. It covers bytes, not values, so no change goes unseen. A line counts from the moment its
line feed is on the disk; what a power cut leaves without one was promised to nobody and is cut off at the next append.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import BadInputError, IntegrityError
from core.events import now
from core.files import disk_errors, fsync_dir

NAME = "journal.jsonl"
_GENESIS = "0" * 64
_SEPARATOR = b', "sum": "'
_CLOSING = b'"}'
_BLOCK = 1 << 16
"""Bytes; most lines are shorter than a hundredth of it."""
_TAIL = len(_SEPARATOR) + 64 + len(_CLOSING)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: ``seq`` counts from 1, ``at`` is UTC in ISO 8601 with offset."""

    seq: int
    at: str
    type: str
    data: dict[str, Any]


class Journal:
    """The journal file of one batch folder. One writer at a time: the caller holds the lock of the batch.

    Raises:
        IntegrityError: a line is damaged (``scanner.journal-damaged``, with its number).
        BadInputError: the file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._entries: list[Entry] = []
        self._sum = _GENESIS
        self._size = 0
        if self.path.exists():
            with disk_errors(self.path):
                self._load(self.path.read_bytes())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries so far, in order."""
        return tuple(self._entries)

    @property
    def head(self) -> str:
        """``sum`` of the last line, which stands for all lines up to it; 64 zeros before the first."""
        return self._sum

    def append(self, items: Iterable[tuple[str, dict[str, Any]]]) -> list[Entry]:
        """Write entries of ``(type, data)``; they are on the disk when this returns.

        Raises:
            MissingToolError: the disk is full; nothing of these entries is kept.
            BadInputError: the folder cannot be written.
        """
        entries, lines, total = [], [], self._sum
        for seq, (kind, data) in enumerate(items, len(self._entries) + 1):
            entry = Entry(seq, now(), kind, data)
            line, total = _line(entry, total)
            entries.append(entry)
            lines.append(line)
        if entries:
            block = b"".join(lines)
            self._write(block)
            self._entries += entries
            self._sum, self._size = total, self._size + len(block)
        return entries

    def _write(self, block: bytes) -> None:
        new = not self.path.exists()
        try:
            with disk_errors(self.path):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o644)
                try:
                    _write_at(handle, self._size, block)
                finally:
                    os.close(handle)
                if new:
                    fsync_dir(self.path.parent)
                    fsync_dir(self.path.parent.parent)
        except OSError as err:
            raise BadInputError("scanner.cannot-write", file=self.path, why=err.strerror or str(err)) from err

    def _load(self, content: bytes) -> None:
        *lines, rest = content.split(b"\n")
        for line in lines:
            entry = self._check(line)
            self._entries.append(entry)
            self._size += len(line) + 1
        if _is_whole(rest, self._sum):
            # A whole line followed by anything but its line feed was changed, not torn.
            raise self._damaged()

    def _check(self, line: bytes) -> Entry:
        body, total = _split(line, self._sum)
        if total is None:
            raise self._damaged()
        try:
            value = json.loads(body + b"}")
            entry = Entry(value["seq"], value["at"], value["type"], value["data"])
        except (ValueError, LookupError, TypeError) as err:
            raise self._damaged() from err
        if entry.seq != len(self._entries) + 1:
            raise self._damaged()
        self._sum = total
        return entry

    def _damaged(self) -> IntegrityError:
        return IntegrityError("scanner.journal-damaged", file=self.path, line=len(self._entries) + 1)


def _write_at(handle: int, size: int, block: bytes) -> None:
    """Put ``block`` behind the first ``size`` bytes, cutting off a torn line; all of it or nothing."""
    os.ftruncate(handle, size)
    try:
        done = 0
        while done < len(block):
            written = os.pwrite(handle, block[done:], size + done)
            if written == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            done += written
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise


def _line(entry: Entry, before: str) -> tuple[bytes, str]:
    value = {"seq": entry.seq, "at": entry.at, "type": entry.type, "data": entry.data}
    body = json.dumps(value, ensure_ascii=False).encode()[:-1]
    total = _chained(before, body)
    return body + _SEPARATOR + total.encode() + _CLOSING + b"\n", total


def _chained(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode() + body).hexdigest()


def _split(line: bytes, before: str) -> tuple[bytes, str | None]:
    """Body and checksum of a line without its line feed; no checksum where it does not fit."""
    body, seal = line[:-_TAIL], line[-_TAIL:]
    total = _chained(before, body)
    fits = seal == _SEPARATOR + total.encode() + _CLOSING
    return body, total if fits else None


def _is_whole(rest: bytes, before: str) -> bool:
    """Whether the unfinished end of a journal begins with a whole line and goes on behind it."""
    end = rest.find(_CLOSING, rest.find(_SEPARATOR) + len(_SEPARATOR)) if _SEPARATOR in rest else -1
    while end >= 0:
        line = rest[: end + len(_CLOSING)]
        if len(line) < len(rest) and _split(line, before)[1] is not None:
            return True
        end = rest.find(_CLOSING, end + 1)
    return False


def last_seq(folder: Path) -> int | None:
    """Number of the last whole line of a batch folder's journal, looked up at its end alone; 0 where there is none.

    ``None`` where that line is damaged: :class:`Journal` says how.

    Raises:
        BadInputError: the file cannot be read.
    """
    path = folder / NAME
    if not path.exists():
        return 0
    with disk_errors(path), path.open("rb") as stream:
        end = stream.seek(0, os.SEEK_END)
        length = _BLOCK
        while True:
            start = max(0, end - length)
            stream.seek(start)
            *lines, _ = stream.read(end - start).split(b"\n")
            whole = lines[1:] if start else lines
            if whole or start == 0:
                return _seq(whole[-1]) if whole else 0
            length *= 4


def _seq(line: bytes) -> int | None:
    try:
        return int(json.loads(line)["seq"])
    except (ValueError, LookupError, TypeError):
        return None

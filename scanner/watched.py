"""A folder into which another program or machine scans: each file that arrives is a sheet.

A file is taken when it is whole: its size and time have stood still for a while and it opens to its end. Programs that
write under another name and rename (``.part``, ``.tmp`` or a leading dot) are waited for. Files stay where they are; a
file that was taken is known by its name and time, and one that batches hold by its name and bytes. Several files that
wait are taken in natural order of their names. A PDF or a TIFF of several pages is fed alone: it is as many sheets as
it holds.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from core.errors import BadInputError, MissingToolError, UsageError
from core.files import disk_errors, sha256_file
from core.text import natural_key
from imaging.inspect import is_multipage
from scanner.batch import BatchState
from scanner.claim import Claim
from scanner.driver import Compromise, Device, DeviceError, FedSheet
from scanner.names import readable
from scanner.options import ScanOptions
from scanner.replay import replay
from scanner.sources import EXTENSIONS

SETTLED = 2.0
"""Seconds for which a file must not have changed."""
_LOOK = 0.25
_IDLE = 10.0
_SETTINGS = frozenset(["idle", "settled"])


def taken_from(folder: str, journal: Path) -> dict[str, str]:
    """SHA-256 of the files of a watched folder that the batch with this journal holds, by origin.

    Raises:
        IntegrityError: the journal is damaged.
    """
    where = readable(Path(folder).absolute())
    if json.dumps(where, ensure_ascii=False)[:-1].encode() not in journal.read_bytes():
        return {}
    held = held_by(replay(journal.parent))
    return {origin: sha256 for origin, sha256 in held.items() if str(Path(origin).parent) == where}


def held_by(state: BatchState) -> dict[str, str]:
    """SHA-256 of what a batch holds, by origin; what was to be fed again is not held."""
    return {page.origin: page.sha256 for page in state.pages if page.id not in state.given_back}


class WatchedDriver:
    """Folders are named by their paths: ``folder:/srv/scans?idle=60``."""

    def devices(self) -> list[Device]:
        """None: a folder must be named."""
        return []

    def open(self, name: str, options: ScanOptions, settings: Mapping[str, str]) -> WatchedFeeder:
        """See :meth:`scanner.driver.Driver.open`.

        ``idle``: seconds without a new file after which the stack is at its end [10]; ``settled``: see :data:`SETTLED`.
        """
        folder, _, query = name.partition("?")
        asked = [*parse_qsl(query, keep_blank_values=True), *settings.items()]
        given = {key: _seconds(folder, key, value) for key, value in asked}
        idle, settled = given.get("idle", _IDLE), given.get("settled", SETTLED)
        return WatchedFeeder(folder, options, idle=idle, settled=settled)


def _seconds(name: str, key: str, value: str) -> float:
    if key not in _SETTINGS:
        raise UsageError("scanner.no-option", device=f"folder:{name}", option=key)
    with contextlib.suppress(ValueError):
        if 0 <= (seconds := float(value)) < math.inf:
            return seconds
    raise UsageError("scanner.bad-option", device=f"folder:{name}", option=key, value=value, why="0, 1.5, 60 …")


class WatchedFeeder:
    """See :class:`scanner.driver.Feeder`.

    Args:
        folder: that is watched.
        options: of the profile; in duplex two files are a sheet.
        idle: seconds after which nothing more is waited for.
        settled: seconds for which a file must not have changed.
        clock: seconds from any moment on; the clock on the wall may be set back, this one not.
        sleep: waits for so many seconds.
    """

    by_hand = False
    compromises: tuple[Compromise, ...] = ()

    def __init__(
        self,
        folder: str,
        options: ScanOptions,
        *,
        idle: float = _IDLE,
        settled: float = SETTLED,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder, self._sides, self._idle, self._settled = Path(folder), options.sides, idle, settled
        self._clock, self._sleep = clock, sleep
        self.device = Device(f"folder:{folder}", "", folder, "folder", "folder")
        self._claim = Claim(folder, self.device.name)
        self._seen: dict[Path, tuple[tuple[int, int], float]] = {}
        """Size and time of each file, and since when they stand."""
        self._taken: set[tuple[Path, int]] = set()

    def resume(self, held: Mapping[str, str]) -> None:
        """See :meth:`scanner.driver.Feeder.resume`: files that are held are passed over, unless they changed since."""
        known = {readable(Path(name).absolute()): sha256 for name, sha256 in held.items()}
        for path in self._files():
            sha256 = known.get(readable(path.absolute()))
            if sha256 is not None and sha256_file(path) == sha256:
                self._skip(path)

    def _skip(self, path: Path) -> None:
        self._taken.add((path, path.stat().st_mtime_ns))

    def feed(self) -> FedSheet | None:
        """See :meth:`scanner.driver.Feeder.feed`."""
        quiet = 0.0
        while True:
            whole = self._whole()
            if len(whole) >= self._sides or (whole and is_multipage(whole[0])):
                break
            if quiet >= self._idle:
                if whole:
                    raise DeviceError("scanner.side-missing", file=self.device.name)
                return None
            self._sleep(_LOOK)
            quiet = 0.0 if self._is_growing() else quiet + _LOOK
        sides = whole[:1] if is_multipage(whole[0]) else whole[: self._sides]
        for path in sides:
            self._skip(path)
        return FedSheet(tuple(sides))

    def _is_growing(self) -> bool:
        return any(self._clock() - since < self._settled for _, since in self._seen.values())

    def _whole(self) -> list[Path]:
        """Files that have stood still long enough and were not taken yet, in order."""
        whole = []
        for path in self._files():
            try:
                about = path.stat()
            except FileNotFoundError:  # renamed between two looks
                continue
            now, state = self._clock(), (about.st_size, about.st_mtime_ns)
            known, since = self._seen.get(path, (state, now))
            since = since if known == state else now
            self._seen[path] = (state, since)
            if about.st_size and now - since >= self._settled and (path, about.st_mtime_ns) not in self._taken:
                whole.append(path)
        return whole

    def _files(self) -> list[Path]:
        try:
            with disk_errors(self._folder):
                inside = [path for path in self._folder.iterdir() if _is_picture(path)]
        except FileNotFoundError as err:
            raise MissingToolError("scanner.device-lost", file=self.device.name) from err
        except OSError as err:
            raise BadInputError("imaging.unreadable", file=self._folder, why=err.strerror or str(err)) from err
        return sorted(inside, key=lambda path: natural_key(path.name))

    def close(self) -> None:
        """See :meth:`scanner.driver.Feeder.close`."""
        self._claim.release()


def _is_picture(path: Path) -> bool:
    return path.suffix.casefold() in EXTENSIONS and not path.name.startswith(".") and path.is_file()

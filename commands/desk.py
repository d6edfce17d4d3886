"""What whoever stands at the scanner sees and may press: a live view on a terminal, lines anywhere else."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import termios
import threading
import time
import tty
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import click
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from commands.answers import doubts
from commands.context import App
from scanner.gate.findings import Verdict
from scanner.watcher import Watcher, Wish

if TYPE_CHECKING:
    from core.errors import BadInputError
    from core.model import PageImage
    from scanner.driver import Feeder
    from scanner.gate.findings import Judgement

_SHOWN = 8
"""Sheets in the list."""
_SAID = 5
"""Notices above it."""
_QUIET = frozenset(["dpi-assumed"])
_KEYS = {"f": Wish.FINISH, "r": Wish.AGAIN, "m": Wish.MARK}
_LOOK = 0.1


class _Keys(Protocol):
    """Keys that were pressed."""

    def take(self) -> str:
        """The next key, in lower case; empty if there is none."""


@contextlib.contextmanager
def at_the_desk(app: App) -> Iterator[Watcher]:
    """A live view where people sit at both ends of a terminal that can be drawn on, else lines on stderr."""
    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal or not sys.stdin.isatty():
        yield Lines(app)
        return
    with _Keyboard(sys.stdin.fileno()) as keys, Live(console=console, auto_refresh=False, transient=True) as live:
        yield LiveView(app, console, live, keys)


class Lines:
    """Says on stderr, line by line, what happens at the device."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._expected: int | None = None

    def began(self, feeder: Feeder, held: int, covers: int, expected: int | None) -> None:
        """See :class:`scanner.watcher.Watcher`."""
        self._expected = expected
        for compromise in feeder.compromises:
            print(compromise.message(self._app.lang), file=sys.stderr)
        if held + covers:
            print(_goes_on(self._app, held, covers), file=sys.stderr)

    def took(self, held: int, pages: Sequence[PageImage], said: Sequence[Judgement]) -> None:
        """See :class:`scanner.watcher.Watcher`."""
        of = f"/{self._expected}" if self._expected is not None else ""
        names = ", ".join(page.id for page in pages)
        if _is_cover(pages):
            self._app.say("scan-cover", pages=names)
            return
        self._app.say("scan-sheet", held=f"{held}{of}", pages=names, flags=" ".join(_flags(pages)))
        for line in doubts(self._app, said):
            print(line, file=sys.stderr)

    def refused(self, why: BadInputError) -> None:
        """See :class:`scanner.watcher.Watcher`."""
        self._app.say("rejected", reason=why.message(self._app.lang), remedy=self._app.advice(why))

    def wish(self) -> Wish | None:
        """Nothing can be pressed."""
        return None

    def has_next(self, number: int) -> bool:
        """See :class:`scanner.watcher.Watcher`."""
        if not sys.stdin.isatty():
            return False
        return click.confirm(self._app.text("lay-on", sheet=number), default=True, err=True)


def _goes_on(app: App, held: int, covers: int) -> str:
    slug = "scan-goes-on-covers" if covers else "scan-goes-on"
    return app.text(slug, held=held, covers=covers, sheet=held + covers + 1)


def _is_cover(pages: Sequence[PageImage]) -> bool:
    """Whether a sheet that was taken is a cover or patch sheet, which has no number among the sheets held."""
    return bool(pages) and all("cover" in page.flags for page in pages)


def _flags(pages: Sequence[PageImage]) -> list[str]:
    return sorted({flag.value for page in pages for flag in page.flags} - _QUIET)


class LiveView:
    """Counts, speed, the last sheets and the keys.

    Args:
        app: says texts in its language.
        console: of the live view, for the bell.
        live: is drawn anew.
        keys: that were pressed.
    """

    def __init__(self, app: App, console: Console, live: Live, keys: _Keys) -> None:
        self._app, self._console, self._live, self._keys = app, console, live, keys
        self._expected: int | None = None
        self._held = self._pages = 0
        self._device = ""
        self._said: deque[str] = deque(maxlen=_SAID)
        self._last: deque[tuple[str, int, list[str]]] = deque(maxlen=_SHOWN)
        self._started = time.monotonic()
        live.update(Text(app.text("scan-opening"), style="dim"), refresh=True)

    def began(self, feeder: Feeder, held: int, covers: int, expected: int | None) -> None:
        """See :class:`scanner.watcher.Watcher`."""
        self._expected, self._held = expected, held
        self._device = feeder.device.name
        self._said.extend(compromise.message(self._app.lang) for compromise in feeder.compromises)
        if held + covers:
            self._said.append(_goes_on(self._app, held, covers))
        self._started = time.monotonic()
        self._draw()

    def took(self, held: int, pages: Sequence[PageImage], said: Sequence[Judgement]) -> None:
        """See :class:`scanner.watcher.Watcher`."""
        self._held = held
        self._pages += len(pages)
        label = self._app.text("scan-cover-mark") if _is_cover(pages) else str(held)
        self._last.append((label, len(pages), [*_flags(pages), *doubts(self._app, said)]))
        if any(judgement.verdict is Verdict.RESCAN for judgement in said):
            self._console.bell()
        self._draw()

    def refused(self, why: BadInputError) -> None:
        """See :class:`scanner.watcher.Watcher`."""
        self._said.append(f"{why.message(self._app.lang)} {self._app.advice(why)}")
        self._console.bell()

    def wish(self) -> Wish | None:
        """See :class:`scanner.watcher.Watcher`; ``p`` waits here until it is pressed again."""
        key = self._keys.take()
        if key == "p":
            self._wait("scan-paused", "p")
            key = ""
        wish = _KEYS.get(key)
        if wish is Wish.AGAIN:
            self._wait("scan-lay-back", "r", sheet=self._last[-1][0])
            self._last.pop()
        elif wish is Wish.MARK and self._last:
            self._last[-1][2].append("marked")
            self._draw()
        return wish

    def has_next(self, number: int) -> bool:
        """See :class:`scanner.watcher.Watcher`: any key but ``f`` says yes."""
        return self._wait("scan-lay-on", "", sheet=number) != "f"

    def _wait(self, slug: str, key: str, **params: object) -> str:
        """Ring, say what to do, and wait for a key, or for any."""
        self._console.bell()
        self._draw(self._app.text(slug, **params))
        while not (pressed := self._keys.take()) or (key and pressed != key):
            time.sleep(_LOOK)
        self._draw()
        return pressed

    def _draw(self, call: str = "") -> None:
        minutes = max(time.monotonic() - self._started, 1.0) / 60
        of = f" / {self._expected}" if self._expected is not None else ""
        head = self._app.text("scan-head", held=f"{self._held}{of}", speed=round(self._pages / minutes))
        rows = Table.grid(padding=(0, 2))
        for entry in self._last:
            sheet, sides, flags = entry
            latest = entry is self._last[-1]  # only it is told in full, so that the view fits a small terminal
            told = Text(" · ".join(flags), style="yellow" if flags else "", overflow="ellipsis", no_wrap=not latest)
            rows.add_row(f"{sheet:>5}", "▮" * sides, told)
        said = [Text(line, style="yellow") for line in self._said]
        todo = Text(call or self._app.text("scan-keys"), style="bold reverse" if call else "dim")
        titles = Text(self._device, style="dim"), Text(head, style="bold")
        self._live.update(Group(*titles, todo, *said, rows), refresh=True)


class _Keyboard:
    """Reads keys without waiting for Enter, in a thread of its own; puts the terminal back as it was."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._pressed: deque[str] = deque()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> _Keyboard:
        self._before = termios.tcgetattr(self._handle)
        tty.setcbreak(self._handle)
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._ended.set()
        self._thread.join()
        termios.tcsetattr(self._handle, termios.TCSADRAIN, self._before)

    def take(self) -> str:
        """See :class:`_Keys`."""
        return self._pressed.popleft() if self._pressed else ""

    def _read(self) -> None:
        while not self._ended.is_set():
            if select.select([self._handle], [], [], _LOOK)[0]:
                self._pressed.extend(os.read(self._handle, 64).decode(errors="ignore").lower())

"""A driver in a process of its own: backends of devices are foreign code, which may hang, crash or abort.

SANE's ``net`` backend, for one, aborts its process when the server goes away. Whatever becomes of the child, the
journal's process lives, says that the device is lost, and keeps what was taken.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from core.errors import ButlucError, MissingToolError
from scanner.driver import Compromise, Device, Driver, FedSheet, Feeder
from scanner.options import ScanOptions

_LOOKING = 60.0
"""Seconds that looking for devices may take."""
_PARTING = 5.0


class IsolatedDriver:
    """Hands all calls to a driver in another process.

    Args:
        make: makes the driver there; a class or function of a module.
    """

    def __init__(self, make: Callable[[], Driver]) -> None:
        self._make = make

    def devices(self) -> list[Device]:
        """See :meth:`scanner.driver.Driver.devices`."""
        child = _Child(self._make, "?", _LOOKING)
        try:
            found: list[Device] = child.ask("devices")
            return found
        finally:
            child.end()

    def open(self, name: str, options: ScanOptions, settings: Mapping[str, str]) -> IsolatedFeeder:
        """See :meth:`scanner.driver.Driver.open`."""
        return IsolatedFeeder(_Child(self._make, name, options.device_seconds), name, options, settings)


class IsolatedFeeder:
    """See :class:`scanner.driver.Feeder`."""

    device: Device
    compromises: tuple[Compromise, ...]
    by_hand: bool

    def __init__(self, child: _Child, name: str, options: ScanOptions, settings: Mapping[str, str]) -> None:
        self._child = child
        try:
            self.device, self.compromises, self.by_hand = child.ask("open", name, options, dict(settings))
        except BaseException:
            child.end()
            raise

    def resume(self, held: Mapping[str, str]) -> None:
        """See :meth:`scanner.driver.Feeder.resume`."""
        self._child.ask("resume", dict(held))

    def feed(self) -> FedSheet | None:
        """See :meth:`scanner.driver.Feeder.feed`."""
        sheet: FedSheet | None = self._child.ask("feed")
        return sheet

    def close(self) -> None:
        """See :meth:`scanner.driver.Feeder.close`."""
        with contextlib.suppress(ButlucError):  # a device that is lost needs no closing
            self._child.ask("close")
        self._child.end()


class _Child:
    """The process, and the line to it."""

    def __init__(self, make: Callable[[], Driver], device: str, seconds: float) -> None:
        self._device, self._seconds = device, seconds
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, what: str, *given: object) -> Any:
        """The answer to a question.

        Raises:
            ButlucError: that the driver raised.
            MissingToolError: the process died, or does not answer in time.
        """
        try:
            self._line.send((what, given))
            if not self._line.poll(self._seconds):
                self._process.kill()
                raise MissingToolError("scanner.device-silent", file=self._device, seconds=round(self._seconds))
            answer = self._line.recv()
        except (EOFError, OSError) as err:
            raise MissingToolError("scanner.device-lost", file=self._device) from err
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        """Let the process go; kill it if it does not."""
        self._line.close()
        self._process.join(_PARTING)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(line: Connection, make: Callable[[], Driver]) -> None:
    """The other process: answers until the line ends. Ctrl-C is for the first, which then closes the line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    driver = make()
    feeder: Feeder | None = None
    with contextlib.suppress(EOFError, OSError):
        while True:
            what, given = line.recv()
            answer: object = None
            try:
                if what == "devices":
                    answer = driver.devices()
                elif what == "open":
                    feeder = driver.open(*given)
                    answer = feeder.device, feeder.compromises, feeder.by_hand
                elif feeder is not None:
                    answer = getattr(feeder, what)(*given)
            except ButlucError as err:
                answer = err
            line.send(answer)

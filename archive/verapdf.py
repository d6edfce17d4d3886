"""The PDF/A gate: veraPDF in one lasting Java process that checks file after file.

The process reads requests on its standard input and ends when that closes, so it never outlives its parent. What could
not be checked, for whatever reason, is "not verified" with the reason, never good. Programs and jars lie in a folder
outside the repository, put there by :mod:`archive.verapdf_build`; nothing is downloaded here.
"""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive.javabuild import JavaProgram
from core.model import Verdict, VerdictState

PROGRAM = JavaProgram("verapdf", Path(__file__).with_name("verapdf"), "VeraPdfChild")

_START_SECONDS = 60.0
_JVM = (
    *("-Xmx512m", "-Xss16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"),
    "-Djava.awt.headless=true",
)
_MAX_PROBLEMS = 20


def default_home() -> Path:
    """Where the checker of this source lies: ``~/.cache/butluc/verapdf-<hash of its source>``."""
    return PROGRAM.home


class VeraPdf:
    """A checker for many files; give it back by ``close`` or as a context manager. Safe for several threads.

    Args:
        home: folder made by :func:`archive.verapdf_build.build`.
        seconds: time limit for one file.
        java: the Java program.
    """

    def __init__(self, home: Path, *, seconds: float = 120.0, java: str = "java") -> None:
        self._home = home
        self._seconds = seconds
        self._java = java
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def probe(self) -> str | None:
        """The version of veraPDF, or ``None`` where it cannot be started."""
        with self._lock:
            try:
                return self._running().version
            except _Gone:
                return None

    def check(self, path: Path, flavour: str = "2u", *, name: str = "pdfa-before") -> Verdict:
        """What veraPDF says of the file, with at most 20 problems as clause, test number and message.

        Args:
            flavour: part and level of PDF/A: ``1b``, ``2b``, ``2u``, ``3b`` …
            name: the name of the check in the verdict.
        """
        if not path.is_file():
            return Verdict(name, VerdictState.NOT_VERIFIED, "veraPDF", (f"there is no file {path}",))
        with self._lock:
            version = self._child.version if self._child else ""
            try:
                version, answer = self._ask(flavour, path)
            except _Gone as err:
                return Verdict(name, VerdictState.NOT_VERIFIED, f"veraPDF {version}".strip(), (str(err),))
        state = {"passed": VerdictState.PASSED, "failed": VerdictState.FAILED}.get(
            answer.get("state", ""), VerdictState.NOT_VERIFIED
        )
        problems = tuple(answer.get("problems", ())[:_MAX_PROBLEMS])
        return Verdict(name, state, f"veraPDF {version}", problems, {"flavour": flavour})

    def close(self) -> None:
        """End the Java process; the next check starts another."""
        with self._lock:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, flavour: str, path: Path, *, again: bool = True) -> tuple[str, dict[str, Any]]:
        """Version and answer. A Java process that somebody killed (a system out of memory, say) is replaced once."""
        child = self._running()
        try:
            return child.version, child.ask(flavour, path, self._seconds)
        except _Gone as err:
            self._stop()
            if again and isinstance(err, _Ended):
                return self._ask(flavour, path, again=False)
            raise

    def _running(self) -> _Child:
        if self._child is None:
            if not (self._home / "classes" / f"{PROGRAM.main_class}.class").is_file():
                raise _Gone(f"veraPDF is not installed in {self._home}")
            if shutil.which(self._java) is None:
                raise _Gone(f"Java is not installed ({self._java})")
            self._child = _Child(self._home, self._java)
        return self._child

    def _stop(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _Gone(Exception):
    """No answer is to be had from the Java process; the text says why."""


class _Ended(_Gone):
    """The Java process is no longer there."""


class _Child:
    """One Java process: a line in, a line out."""

    def __init__(self, home: Path, java: str) -> None:
        class_path = f"{home / 'classes'}:{home / 'jars'}/*"
        temporary = f"-Djava.io.tmpdir={tempfile.gettempdir()}"
        self._process = subprocess.Popen(
            (java, *_JVM, temporary, "-cp", class_path, PROGRAM.main_class),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            self.version = str(self._next(_START_SECONDS).get("version", "?"))
        except _Gone:
            self.end()
            raise

    def ask(self, flavour: str, path: Path, seconds: float) -> dict[str, Any]:
        """The answer for one file.

        Raises:
            _Gone: the process died or did not answer in time.
        """
        place = str(path.absolute())
        if "\n" in place or "\r" in place:
            raise _Gone("the file name holds a line break")
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{flavour}\t{place}\n".encode())
            self._process.stdin.flush()
        except (OSError, ValueError) as err:
            raise _Ended("the Java process ended") from err
        return self._next(seconds)

    def end(self) -> None:
        """Kill the process and wait for it."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # what was not yet sent to the dead process is lost on purpose
            self._process.stdin.close()

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty as err:
            raise _Gone(f"no answer within {seconds:g} seconds") from err
        if not line.endswith(b"\n"):
            raise _Ended("the Java process ended")
        try:
            answer = json.loads(line)
        except ValueError as err:
            raise _Gone("the Java process gave an unreadable answer") from err
        if not isinstance(answer, dict):
            raise _Gone("the Java process gave an unreadable answer")
        return answer

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            for line in iter(stdout.readline, b""):
                self._answers.put(line)
        self._answers.put(b"")

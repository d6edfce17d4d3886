"""EU DSS as a second opinion on signatures: one Java process for many files. A missing DSS is an error, never a skip.

``python -m support.dss``, called by ``make setup``, builds it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from asn1crypto.x509 import Certificate

from archive.javabuild import JavaProgram, build_java
from core.errors import ButlucError

PROGRAM = JavaProgram("dss", Path(__file__).with_name("dss"), "DssChild")


@dataclass(frozen=True)
class Opinion:
    """What DSS says of one signature."""

    indication: str
    """``TOTAL_PASSED``, ``INDETERMINATE`` or ``TOTAL_FAILED``."""
    sub_indication: str
    format: str
    """``PAdES-BASELINE-LTA`` …"""
    stamps: str
    """The indication of each of its time stamps: ``PASSED`` …"""
    errors: str

    @property
    def good(self) -> bool:
        """Whether it is a valid signature with valid time stamps, one at least, as the archive demands.

        DSS itself calls a signature good whose time stamps are broken, as long as its certificate is valid today.
        """
        levels = {f"PAdES-BASELINE-{level}" for level in ("T", "LT", "LTA")}
        stamps = self.stamps.split()
        return self.indication == "TOTAL_PASSED" and self.format in levels and set(stamps) == {"PASSED"}


class Dss:
    """A running DSS."""

    def __init__(self, home: Path = PROGRAM.home) -> None:
        class_path = f"{home / 'classes'}:{home / 'jars'}/*"
        options = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        self._process = subprocess.Popen(
            ("java", *options, "-cp", class_path, PROGRAM.main_class),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self.version = self._next()["version"]

    def judge(self, path: Path, anchors: Sequence[Certificate], now: datetime | None = None) -> list[Opinion]:
        """The signatures of a PDF as DSS sees them; ``now`` is what "today" means."""
        assert self._process.stdin is not None
        with tempfile.TemporaryDirectory() as name:
            files = [Path(name) / f"{number}.der" for number, _ in enumerate(anchors)]
            for file, anchor in zip(files, anchors, strict=True):
                file.write_bytes(anchor.dump())
            moment = "" if now is None else str(round(now.timestamp() * 1000))
            self._process.stdin.write(f"{path.absolute()}\t{':'.join(map(str, files))}\t{moment}\n")
            self._process.stdin.flush()
            answer = self._next()
        if "error" in answer:
            return [Opinion("TOTAL_FAILED", "UNREADABLE", "", "", answer["error"])]
        return [Opinion(**signature) for signature in answer["signatures"]]

    def _next(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "EU DSS is not there: run “make setup”"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


def _starts(home: Path) -> bool:
    try:
        with Dss(home):
            return True
    except (AssertionError, OSError):
        return False


if __name__ == "__main__":
    try:
        build_java(PROGRAM, PROGRAM.home, _starts)
    except ButlucError as failure:
        print(failure, file=sys.stderr)
        sys.exit(failure.exit_code)

"""Outside programs: is it there and new enough, and run it with a time limit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ButlucError, MissingToolError


@dataclass(frozen=True, slots=True)
class ToolProbe:
    """How to find out whether a program is installed and new enough.

    ``install`` is what to type on Debian; ``version_pattern`` has one group.
    """

    name: str
    command: tuple[str, ...]
    version_pattern: str
    minimum: tuple[int, ...]
    install: str

    def version(self) -> str | None:
        """The version found, or ``None`` where the program is missing or does not answer."""
        if shutil.which(self.command[0]) is None:
            return None
        try:
            done = subprocess.run(self.command, capture_output=True, text=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        found = re.search(self.version_pattern, done.stdout + done.stderr)
        return found.group(1) if found else None

    def good_enough(self, version: str | None) -> bool:
        """Whether ``version`` reaches the minimum."""
        return version is not None and version_tuple(version) >= self.minimum


def version_tuple(version: str) -> tuple[int, ...]:
    """The leading numbers of a version string: ``"5.3.0-rc1"`` → ``(5, 3, 0)``."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def run(
    command: Sequence[str | Path],
    *,
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end, whatever its exit status; ``env`` is added to the present environment.

    Raises:
        MissingToolError: the program is not installed.
        ButlucError: it ran past ``timeout`` seconds (code ``core.tool-timeout``).
    """
    name = Path(command[0]).name
    try:
        return subprocess.run(
            [str(part) for part in command],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=timeout,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            check=False,
        )
    except FileNotFoundError as err:
        raise MissingToolError("core.tool-missing", tool=name) from err
    except subprocess.TimeoutExpired as err:
        raise ButlucError("core.tool-timeout", tool=name, seconds=f"{timeout:g}") from err

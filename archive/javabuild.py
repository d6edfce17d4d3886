"""Small Java programs around large libraries: fetched by Maven, compiled once, kept outside the repository.

The folder of a program is named after the hash of its source, so that nothing is done again until the source changes.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import MissingToolError
from core.process import run

_SECONDS = 900


@dataclass(frozen=True, slots=True)
class JavaProgram:
    """A folder with ``pom.xml`` and the main class's source, and the name that its cache folder begins with."""

    name: str
    source: Path
    main_class: str

    @property
    def home(self) -> Path:
        """Where it lies when it is built: ``~/.cache/butluc/<name>-<hash of its source>``."""
        sha = hashlib.sha256()
        for name in ("pom.xml", f"{self.main_class}.java"):
            sha.update((self.source / name).read_bytes())
        return Path.home() / ".cache" / "butluc" / f"{self.name}-{sha.hexdigest()[:12]}"


def build_java(program: JavaProgram, home: Path, starts: Callable[[Path], bool]) -> Path:
    """Fill ``home`` with ``jars/`` and ``classes/`` unless it is there; a half-made folder never takes its place.

    Args:
        starts: whether the program in the given folder starts.

    Raises:
        MissingToolError: Java, its compiler or Maven is missing, the download failed, or the result does not start.
    """
    if home.is_dir():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{program.name}-", dir=home.parent) as name:
        work = Path(name) / "work"
        shutil.copytree(program.source, work)
        jars, classes = work / "jars", work / "classes"
        _run(program, ("mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={jars}"), work)
        _run(program, ("javac", "-d", str(classes), "-cp", f"{jars}/*", f"{program.main_class}.java"), work)
        if not starts(work):
            raise MissingToolError("archive.java-build", program=program.name, why="the program does not start")
        try:
            work.rename(home)
        except OSError:
            if not home.is_dir():  # otherwise somebody else was quicker, with the same content
                raise
    return home


def _run(program: JavaProgram, command: tuple[str, ...], folder: Path) -> None:
    done = run(command, timeout=_SECONDS, cwd=folder)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode("utf-8", "replace").strip() or f"{command[0]}: {done.returncode}"
        raise MissingToolError("archive.java-build", program=program.name, why=said.splitlines()[0])

"""Make the PDF/A checker ready: fetch veraPDF by Maven and compile its small main program.

Run once by ``make setup`` as ``python -m archive.verapdf_build``; the folder is named after the hash of the source, so
that nothing is done again until the source changes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from archive.verapdf import MAIN_CLASS, SOURCE, VeraPdf, default_home
from core.errors import ButlucError, MissingToolError
from core.process import run

_SECONDS = 900


def build(home: Path) -> Path:
    """Fill ``home`` with ``jars/`` and ``classes/`` unless it is there; a half-made folder never takes its place.

    Raises:
        MissingToolError: Java, its compiler or Maven is missing, the download failed, or the result does not start.
    """
    if home.is_dir():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".verapdf-", dir=home.parent) as name:
        work = Path(name) / "work"
        shutil.copytree(SOURCE, work)
        jars, classes = work / "jars", work / "classes"
        _run(("mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={jars}"), work)
        _run(("javac", "-d", str(classes), "-cp", f"{jars}/*", f"{MAIN_CLASS}.java"), work)
        with VeraPdf(work) as checker:
            if checker.probe() is None:
                raise MissingToolError("archive.verapdf-build", why="veraPDF does not start")
        try:
            work.rename(home)
        except OSError:
            if not home.is_dir():  # otherwise somebody else was quicker, with the same content
                raise
    return home


def _run(command: tuple[str, ...], folder: Path) -> None:
    done = run(command, timeout=_SECONDS, cwd=folder)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode("utf-8", "replace").strip() or f"{command[0]}: {done.returncode}"
        raise MissingToolError("archive.verapdf-build", why=said.splitlines()[0])


def main() -> int:
    """Entry point; the exit code of the error where it cannot be done."""
    try:
        build(default_home())
    except ButlucError as err:
        print(err, file=sys.stderr)
        return err.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())

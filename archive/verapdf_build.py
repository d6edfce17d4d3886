"""Make the PDF/A checker ready: fetch veraPDF by Maven and compile its small main program.

Run once by ``make setup`` as ``python -m archive.verapdf_build``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from archive.javabuild import build_java
from archive.verapdf import PROGRAM, VeraPdf, default_home
from core.errors import ButlucError


def build(home: Path) -> Path:
    """Fill ``home`` unless it is there.

    Raises:
        MissingToolError: Java, its compiler or Maven is missing, the download failed, or veraPDF does not start.
    """
    return build_java(PROGRAM, home, _starts)


def _starts(home: Path) -> bool:
    with VeraPdf(home) as checker:
        return checker.probe() is not None


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

"""The signatures of a PDF as it came in, described in a process of its own.

A PDF may have been made by anything, so the reading has limits of time and memory, and what goes wrong is told in the
report. Run as ``python -m archive.incoming FILE``.
"""

from __future__ import annotations

import json
import mmap
import resource
import sys
import warnings
from pathlib import Path

from archive.signatures import SignatureNote, describe_signatures
from core.config import fill, plain
from core.errors import ButlucError
from core.process import run

_MEMORY = 2 << 30
_SECONDS = 60.0
_MARK = b"/ByteRange"
"""Stands in every signature of a PDF (ISO 32000-2, 12.8.1), never in a compressed stream."""


def report_signatures(path: Path, *, seconds: float = _SECONDS) -> list[SignatureNote]:
    """What signatures a PDF bears, in the order of signing; an empty list for a file without.

    A file that cannot be read within the limits gives one note that says so.
    """
    if not _is_marked(path):
        return []
    home = Path(__file__).parent.parent
    environment = {"PYTHONPATH": str(home), "PYTHONWARNINGS": "ignore"}
    try:
        done = run((sys.executable, "-P", "-m", "archive.incoming", path), timeout=seconds, env=environment)
        if done.returncode == 0:
            return [fill(SignatureNote, note, file=path) for note in json.loads(done.stdout)]
        why = f"the reading process ended with status {done.returncode}"
    except ButlucError as err:
        why = err.message("en")
    return [SignatureNote(None, None, False, False, f"unreadable: {why}")]


def _is_marked(path: Path) -> bool:
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(_MARK) >= 0


def main(path: Path) -> int:
    """Print the notes as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    warnings.simplefilter("ignore")
    print(json.dumps([plain(note) for note in describe_signatures(path)], ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""Call the command line within the test's own process: many small commands, none of which a test wants to kill."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

from cli import main
from support.line import Answer


def inside(home: Path, *args: str) -> Answer:
    """Run ``butluc --json``; a traceback is never an answer."""
    out, said, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        try:
            main(["--home", str(home), "--json", "--lang", "en", *args])
        except SystemExit as end:
            code = int(end.code or 0)
    assert "Traceback" not in said.getvalue(), said.getvalue()
    return Answer(code, json.loads(out.getvalue()) if out.getvalue().strip() else {}, said.getvalue())

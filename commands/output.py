"""Printing that survives where it is printed to: other encodings, names that are no text, readers that stop reading."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.table import Table

from core.errors import UsageError
from core.text import bare_letter

_WIDE = 1000
"""Columns where no terminal sets a width: wide enough that no path is folded."""


_PLAIN = str.maketrans({"“": '"', "”": '"', "–": "-", "…": "...", "×": "x", "→": "->", "·": "-", "Σ": "="})


def prepare_streams() -> None:
    """Letters that a terminal's encoding lacks lose their diacritics; what is no text at all is escaped."""
    codecs.register_error("butluc", _spell_out)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="butluc")


def _spell_out(err: UnicodeError) -> tuple[str, int]:
    if not isinstance(err, UnicodeEncodeError):
        raise err
    plain = "".join(bare_letter(char) for char in err.object[err.start : err.end]).translate(_PLAIN)
    return plain.encode("ascii", "backslashreplace").decode(), err.end


def print_json(value: Any) -> None:
    """One JSON document on one line; escaped as JSON does it where stdout cannot hold all of its letters."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value)
    print(text)


@contextmanager
def tolerant_of_closed_pipes() -> Iterator[None]:
    """Print within; a reader that stops reading (``| head -1``) ends the printing and nothing else."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        forget_stdout()


def forget_stdout() -> None:
    """Let whatever is still to be printed go nowhere, the interpreter's own flush at its end included."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        """Leave it to :func:`tolerant_of_closed_pipes`: the library's own answer is another exit code."""
        raise BrokenPipeError


def target_file(out: Path | None, stem: str, suffix: str) -> Path:
    """Where a file goes: to the one named, or to the first name in the present folder that no file has yet.

    Raises:
        UsageError: there is no such folder, or the name is a folder's.
    """
    names = (Path(f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}") for number in count(1))
    path = (out or next(name for name in names if not name.exists())).absolute()
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError("commands.cover-no-folder", file=path)
    return path


def show_table(table: Table) -> None:
    """Print a table on stdout, at full width where stdout is not a terminal."""
    console = _Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    console.print(table)

"""Runs of ``verify`` as they are kept: what was looked at when, so that one that was broken off goes on.

``fixity/verify-RUN.jsonl``: what the run was asked, then a line for each case file, then a line that says it is done.
A finished one may be deleted with the loss of that knowledge.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.config import fill, plain
from core.errors import BadInputError, UsageError
from core.events import now
from core.files import append_line, canonical_json
from jobs.examining import Findings, written
from jobs.home import Home

_END = 1 << 12
"""Bytes from the end of a log among which its last line is looked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked to look at; the same again where it goes on."""

    ids: tuple[str, ...]
    sample: int | None
    seed: int
    copies: tuple[str, ...]


class Run:
    """The log of one run; only one process writes it."""

    def __init__(self, path: Path, asked: Asked) -> None:
        self._path = path
        self.asked = asked

    @property
    def name(self) -> str:
        """Name of the run: the time when it was begun, and a few letters more."""
        return self._path.stem.removeprefix("verify-")

    def findings(self) -> Iterator[Findings]:
        """All that was found so far, as it was found; a damaged line only costs what stands in it."""
        with self._path.open("rb") as stream:
            for line in stream:
                try:
                    data = json.loads(line)
                    if "case_file" in data:
                        yield fill(Findings, data, file=self._path)
                except (ValueError, TypeError, BadInputError):
                    continue

    def note(self, found: Findings) -> None:
        """Keep what was found in a case file.

        Raises:
            MissingToolError: the disk is full.
        """
        append_line(self._path, canonical_json(written(found)))

    def end(self) -> None:
        """Note that all was looked at."""
        append_line(self._path, canonical_json({"done": now()}))


def begin(home: Home, asked: Asked) -> Run:
    """A new run.

    Raises:
        MissingToolError: the disk is full.
    """
    moment = re.sub(r"[-:.]", "", now()[:23])
    name = f"{moment}-{uuid.uuid4().hex[:6]}"
    run = Run(home.path("fixity", f"verify-{name}.jsonl"), asked)
    append_line(run._path, canonical_json({"asked": plain(asked), "begun": now()}))
    return run


def unfinished(home: Home) -> Run:
    """The newest run that was broken off.

    Raises:
        UsageError: there is none.
    """
    for path in sorted(home.path("fixity").glob("verify-*.jsonl"), reverse=True):
        if not _is_done(path):
            try:
                with path.open("rb") as stream:
                    return Run(path, fill(Asked, json.loads(stream.readline())["asked"], file=path))
            except (ValueError, KeyError, TypeError, BadInputError):
                continue  # it was broken off before it began, or is damaged: nothing to go on with
    raise UsageError("jobs.no-verify-run")


def _is_done(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _END))
        return stream.read().rstrip().rpartition(b"\n")[2].startswith(b'{"done":')

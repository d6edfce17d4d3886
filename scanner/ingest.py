"""Take documents into a batch: declare what was found, hold it, and close the batch if it adds up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInputError
from core.files import locked
from core.model import PageImage
from scanner.batch import BatchState
from scanner.intake import Duplicate, Intake, Rejected
from scanner.journal import Journal
from scanner.masters import clear_leftovers, hash_source
from scanner.names import readable
from scanner.options import ScanOptions
from scanner.replay import replayed
from scanner.sources import Source

Progress = Callable[[int, int, str], None]
"""Told after each file: how many are done, of how many, and which it was."""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What one call did: pages and documents that it added to, what it did not take and why, and the batch now."""

    pages: tuple[PageImage, ...]
    documents: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    duplicates: tuple[Duplicate, ...]
    ignored: tuple[str, ...]
    state: BatchState


def ingest(
    batch_dir: Path,
    sources: Sequence[Source],
    case_file: str,
    profile: str,
    options: ScanOptions,
    allocate: Callable[[str], int],
    by: str,
    progress: Progress | None = None,
    *,
    lock: Path | None,
) -> IngestResult:
    """Take ``sources`` into the batch kept in ``batch_dir``, whose name is the batch's.

    A closed batch is reopened when something new comes, and the batch is closed at the end if it adds up. Called again
    after a crash it goes on at the very file; called again after its end it finds everything taken and names it.

    Args:
        batch_dir: made on first use.
        sources: from :func:`scanner.sources.expand`.
        case_file: identifier, checked by the caller.
        profile: name, journalled with each document.
        options: the profile's ``[scan]`` table.
        allocate: gives the next document ordinal of a case file.
        by: who does it.
        progress: see :data:`Progress`.
        lock: lock file of the batch, outside ``batch_dir``; ``None`` where the caller holds it.

    Raises:
        MissingToolError: the disk is full, poppler is not installed, or another command works on the batch.
        BadInputError: the batch folder cannot be written.
        IntegrityError: the journal is damaged.
    """
    with locked(lock, wait=False) if lock else nullcontext():
        journal = Journal(batch_dir)
        state = replayed(journal, batch_dir)
        intake = Intake(batch_dir, journal, state, case_file, profile, options, allocate, by, "ingest")
        clear_leftovers(batch_dir)
        total, done = sum(len(source.files) for source in sources), 0

        def fed(origin: str) -> None:
            nonlocal done
            done += 1
            if progress is not None:
                progress(done, total, origin)

        for source in sources:
            intake.take(source, fed)
        intake.finish()
    found = intake.findings
    return IngestResult(
        tuple(found.pages),
        tuple(found.documents),
        tuple(found.rejected),
        tuple(found.duplicates),
        tuple(found.ignored),
        intake.state,
    )


def has_taken(state: BatchState, source: Source, key: str) -> bool:
    """Whether every file of ``source``, whose key in the batch is ``key``, was taken with the bytes that it has now."""
    try:
        known = [state.files.get((key, readable(path.absolute()), hash_source(path))) for path in source.files]
    except BadInputError:
        return False
    return bool(known) and all(taken is not None and taken.whole for taken in known)

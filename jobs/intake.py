"""Bring files into a batch and keep the catalogue in step with the journals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from core.errors import MissingToolError, UsageError
from core.events import new_event, now
from core.files import digest, disk_errors
from core.ids import case_file_of, check_batch, check_case_file
from core.text import nfc
from jobs.catalogue import BatchRow
from jobs.errands import begin, end, forget_empty, repeated, unfinished
from jobs.home import Home
from jobs.profile import load_profile
from jobs.tombstones import destroyed, refuse_destroyed
from scanner import batch as batches
from scanner import closing
from scanner.ingest import IngestResult, Progress
from scanner.ingest import ingest as take_in
from scanner.journal import NAME as JOURNAL
from scanner.journal import Journal, last_seq
from scanner.replay import replay, replayed
from scanner.sources import expand


def ingest(
    home: Home,
    paths: Sequence[Path],
    case_file: str,
    *,
    profile: str,
    batch: str | None,
    who: str,
    progress: Progress | None = None,
) -> tuple[str | None, IngestResult]:
    """Take files into the journal of a batch; its name (``None`` where nothing was fed) and what came of it.

    When no batch is named, an ingest of the same paths that was broken off, or whose batch is still open, is gone
    on with, and files that were all taken already are named and not taken twice (``jobs/errands.py``).

    Raises:
        UsageError: an identifier that cannot be used, an unknown profile.
        BadInputError: the case file was destroyed.
        MissingToolError: the disk is full, or somebody else works on the batch.
    """
    case_file = check_case_file(case_file)
    refuse_destroyed(home, case_file)
    options = load_profile(profile, home.root).scan
    sources = expand(paths)
    keys = [digest([case_file, source.key]) for source in sources]

    def choose() -> str:
        """The batch in which an ingest of the same was broken off, one that holds just the same, or a new one."""
        return unfinished(home, keys) or repeated(home, sources, keys) or new_batch(home)

    with claimed(home, batch, choose) as name:
        errand = begin(home, name, keys)
        ordinals = Ordinals(home, name, profile)
        try:
            folder = home.batch_folder(name)
            result = take_in(folder, sources, case_file, profile, options, ordinals, who, progress, lock=None)
        finally:
            forget_empty(home, name)
        if not home.batch_folder(name).is_dir():
            return None, result
        pages = sync_batch(home, name, since=errand.since)
        told = new_event("ingest", name, who, case_file=case_file, pages=pages, rejected=len(result.rejected))
        news = result.rejected or last_seq(home.batch_folder(name)) != errand.since
        end(home, name, errand, told if news else None)
    return name, result


@contextmanager
def claimed(home: Home, batch: str | None, choose: Callable[[], str]) -> Iterator[str]:
    """Hold the lock of ``batch``; where none is named, of the one that ``choose`` names while nobody else chooses.

    Raises:
        UsageError: ``batch`` cannot be a name.
        MissingToolError: somebody else works on it.
    """
    with ExitStack() as held:
        if batch is not None:
            name = check_batch(batch)
            held.enter_context(home.lock(f"batch-{name}"))
        else:
            with home.lock("intake", wait=True):
                name = choose()
                held.enter_context(home.lock(f"batch-{name}"))
        yield name


def new_batch(home: Home) -> str:
    """The first batch of the day into which nobody is taking or has taken anything; the caller holds ``intake``."""
    day = now()[:10]
    name = next(name for number in count(1) if _is_free(home, name := f"{day}-{number:03d}"))
    with disk_errors(home.batch_folder(name)):
        home.batch_folder(name).mkdir(parents=True, exist_ok=True)
    return name


def _is_free(home: Home, batch: str) -> bool:
    folder = home.batch_folder(batch)
    if folder.is_dir() and any(path.suffix != ".part" for path in folder.iterdir()):
        return False
    try:
        with home.lock(f"batch-{batch}"):
            return True
    except MissingToolError:
        return False


class Ordinals:
    """Gives one run its document ordinals, those first that a killed one had reserved and not used.

    An ordinal that a cover asks for is given where the case file has no such document yet, else the next free one.
    """

    def __init__(self, home: Home, batch: str, profile: str) -> None:
        self._home, self._batch, self._profile = home, batch, profile
        self._gone = destroyed(home)
        self._unused: dict[str, list[int]] = {}

    def __call__(self, case_file: str, wanted: int | None = None, /) -> int:
        refuse_destroyed(self._home, case_file, self._gone)
        with self._home.lock("intake", wait=True):
            if case_file not in self._unused:
                sync_journals(self._home)
                self._unused[case_file] = self._home.catalogue.reserved(case_file, self._batch)
            unused = self._unused[case_file]
            if unused and wanted in (None, *unused):
                return unused.pop(unused.index(wanted) if wanted is not None else 0)
            return self._home.catalogue.reserve(case_file, self._batch, self._profile, wanted)


def load_batch(home: Home, name: str) -> batches.BatchState:
    """A batch as its journal tells it.

    Raises:
        UsageError: there is no such batch.
        IntegrityError: the journal is damaged.
    """
    return replay(known_folder(home, name))


def known_folder(home: Home, name: str) -> Path:
    """Where a batch lies.

    Raises:
        UsageError: there is no such batch.
    """
    if nfc(name) not in batch_names(home):
        raise UsageError("scanner.no-batch", batch=name)
    return home.batch_folder(nfc(name))


def batch_names(home: Home) -> list[str]:
    """All batches into which something was journalled, by name."""
    home.demand("journal")
    return sorted(path.parent.name for path in home.path("journal").glob(f"*/{JOURNAL}"))


def sync_journals(home: Home) -> None:
    """Copy into the catalogue what the journals hold and it does not."""
    known = home.catalogue.batches()
    for name in batch_names(home):
        if name not in known or last_seq(home.batch_folder(name)) != known[name].journal_seq:
            sync_batch(home, name)


def sync_batch(home: Home, name: str, *, since: int = 0) -> int:
    """Copy one batch from its journal into the catalogue; how many pages were journalled after line ``since``."""
    journal = Journal(home.batch_folder(name))
    state = replayed(journal, home.batch_folder(name))
    gone = destroyed(home)
    documents = [row for row in state.documents.values() if row.case_file not in gone]
    held = [image for image in state.ordered() if case_file_of(image.id) not in gone]
    labels = {row.id: {"label": row.label, "profile": row.profile} for row in documents}
    row = BatchRow(name, state.state, len(journal.entries))
    home.catalogue.put_batch(row, held, labels, state.complete_documents())
    return sum(entry.type == "page" for entry in journal.entries[since:])


def declare(home: Home, name: str, sheets: int, who: str) -> batches.BatchState:
    """Note a person's count of a batch's sheets; a batch that is not there yet is begun.

    Raises:
        UsageError: ``name`` cannot be a batch's, or the batch is closed.
    """
    name = check_batch(name)
    state = closing.declare(home.batch_folder(name), home.lock_path(f"batch-{name}"), sheets, who)
    sync_batch(home, name)
    home.record(new_event("declare", name, who, sheets=sheets))
    return state


def close(home: Home, name: str, who: str, reason: str | None) -> batches.BatchState:
    """Close a batch that adds up, or with a named person's reason.

    Raises:
        UsageError: there is no such batch, or it does not add up and no reason is given.
    """
    name = load_batch(home, name).batch
    state = closing.close(home.batch_folder(name), home.lock_path(f"batch-{name}"), who, reason)
    sync_batch(home, name)
    home.record(new_event("close", name, who, reason=reason))
    return state


def reopen(home: Home, name: str, who: str, reason: str) -> batches.BatchState:
    """Open a closed batch again.

    Raises:
        UsageError: there is no such batch, or it is open.
    """
    name = load_batch(home, name).batch
    state = closing.reopen(home.batch_folder(name), home.lock_path(f"batch-{name}"), who, reason)
    sync_batch(home, name)
    home.record(new_event("reopen", name, who, reason=reason))
    return state

"""Bring files into a batch and keep the catalogue in step with the journals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors import UsageError
from core.events import new_event, now
from core.files import digest
from core.ids import check_batch, check_case_file
from core.text import nfc
from jobs.home import Home
from jobs.profile import load_profile
from scanner import batch as batches
from scanner import closing
from scanner.ingest import IngestResult, Progress
from scanner.ingest import ingest as take_in
from scanner.journal import Journal
from scanner.sources import Source, expand


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

    When no batch is named, an open one that holds some of the same sources is gone on with, else a new one begun.

    Raises:
        UsageError: an identifier that cannot be used, an unknown profile.
        MissingToolError: the disk is full, or somebody else works on the batch.
    """
    case_file = check_case_file(case_file)
    options = load_profile(profile, home.root).scan
    sources = expand(paths)
    name = check_batch(batch) if batch is not None else _unfinished(home, sources, case_file) or _new_name(home)
    try:
        result = take_in(
            home.batch_folder(name),
            sources,
            case_file,
            profile,
            options,
            lambda case: _allocate(home, case, name, profile),
            who,
            progress,
            lock=home.lock_path(f"batch-{name}"),
        )
    finally:
        _forget_empty(home, name)
    if not home.batch_folder(name).is_dir():
        return None, result
    sync_batch(home, name)
    home.record(
        new_event("ingest", name, who, case_file=case_file, pages=len(result.pages), rejected=len(result.rejected))
    )
    return name, result


def _forget_empty(home: Home, name: str) -> None:
    """A batch into which nothing was journalled (a mistyped path, say) was never begun."""
    folder = home.batch_folder(name)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _new_name(home: Home) -> str:
    day = now()[:10]
    with home.lock("intake", wait=True):
        number = 1
        while home.batch_folder(f"{day}-{number:03d}").exists():
            number += 1
        home.batch_folder(f"{day}-{number:03d}").mkdir(parents=True)
    return f"{day}-{number:03d}"


def _unfinished(home: Home, sources: Sequence[Source], case_file: str) -> str | None:
    """The open batch that holds one of these sources already, broken off before it or with a file in quarantine."""
    keys = {digest([case_file, source.key]) for source in sources}
    for name in batch_names(home):
        state = load_batch(home, name)
        if state.state == "open" and keys & {*state.by_source, *state.found}:
            return name
    return None


def _allocate(home: Home, case_file: str, batch: str, profile: str) -> int:
    """Reserve the next ordinal of a case file, counting what other batches have journalled already."""
    with home.lock("intake", wait=True):
        sync_journals(home)
        return home.catalogue.reserve(case_file, batch, profile)


def load_batch(home: Home, name: str) -> batches.BatchState:
    """A batch as its journal tells it.

    Raises:
        UsageError: there is no such batch.
        IntegrityError: the journal is damaged.
    """
    if nfc(name) not in batch_names(home):
        raise UsageError("jobs.no-batch", name=name)
    return batches.replay(home.batch_folder(nfc(name)))


def batch_names(home: Home) -> list[str]:
    """All batches, by name."""
    home.demand("journal")
    return sorted(folder.name for folder in home.path("journal").iterdir() if folder.is_dir())


def sync_journals(home: Home) -> None:
    """Copy into the catalogue what the journals hold and it does not."""
    known = home.catalogue.batch_seqs()
    for name in batch_names(home):
        if len(Journal(home.batch_folder(name)).entries) != known.get(name):
            sync_batch(home, name)


def sync_batch(home: Home, name: str) -> None:
    """Copy one batch from its journal into the catalogue."""
    journal = Journal(home.batch_folder(name))
    state = batches.replayed(journal, home.batch_folder(name))
    labels = {row.id: {"label": row.label, "profile": row.profile} for row in state.documents.values()}
    home.catalogue.put_batch(name, state.state, len(journal.entries), state.pages, labels)


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

"""Make the catalogue again from journals and store, and the index again from the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from core.errors import MissingToolError
from core.files import locked
from jobs.catalogue import Catalogue
from jobs.checks import sync_checks
from jobs.home import Home
from jobs.indexing import Progress, rebuild_index
from jobs.intake import sync_journals
from jobs.publish import sync_store


def rebuild(home: Home, progress: Progress = lambda done, total: None) -> tuple[Home, dict[str, Any]]:
    """Set the old catalogue aside, make a new one and a new index; the home with the new ones, and what they hold.

    Events that waited in the old catalogue's outbox are carried into the chain first. Of a catalogue too damaged for
    that, those of publications are found again in the store.

    Raises:
        MissingToolError: another command works on this home.
        IntegrityError: a journal or the store is damaged.
    """
    with home.lock("process"), no_intake(home):
        with home.lock("chain", wait=True):
            fresh = _without_catalogue(home)
        sync_journals(fresh)
        sync_store(fresh)
        sync_checks(fresh)
        _sync_reasons(fresh)
        fresh.flush_events()
    index = rebuild_index(fresh, progress)
    rows = fresh.catalogue.documents()
    return fresh, {"case_files": len(fresh.catalogue.versions()), "documents": len(rows), **index}


@contextmanager
def no_intake(home: Home) -> Iterator[None]:
    """Keep every ingest out: one that runs has ordinals reserved in the catalogue that it has opened.

    Raises:
        MissingToolError: an ingest is running.
    """
    with ExitStack() as held:
        held.enter_context(home.lock("intake", wait=True))
        for path in sorted(home.path("run").glob("batch-*.lock")):
            held.enter_context(locked(path, wait=False))
        yield


def _without_catalogue(home: Home) -> Home:
    """The home with an empty catalogue: the old outbox is carried over, a damaged file kept aside.

    The caller holds the chain's lock.
    """
    damaged = False
    try:
        home.carry_events()
        home.catalogue.close()
    except MissingToolError as err:
        if err.code not in ("jobs.catalogue-damaged", "jobs.catalogue-missing"):
            raise
        damaged = err.code == "jobs.catalogue-damaged"
    for suffix in ("", "-wal", "-shm"):
        file = home.path(f"catalogue.db{suffix}")
        if damaged and file.exists():
            file.replace(home.path(f"damaged-catalogue.db{suffix}"))
        file.unlink(missing_ok=True)
    Catalogue(home.path("catalogue.db")).close()
    return Home.open(home.root)


def _sync_reasons(home: Home) -> None:
    """Why documents wait, as the chain tells: a document that was set aside and not archived since."""
    reasons: dict[str, str] = {}
    for record in home.chain.records():
        happened = record.event
        if happened["act"] == "quarantine" and happened["reason"]:
            reasons[happened["object"]] = happened["reason"]
        elif happened["act"] == "read":
            reasons.pop(happened["object"], None)
    for document, reason in reasons.items():
        home.catalogue.put_reason(document, reason)

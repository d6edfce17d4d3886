"""The production line: pages are read, documents made, case files published; resumable at any moment.

Workers only fill the cache; this process alone writes store, catalogue, index and chain.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.identity import check_certificate
from archive.token import no_terminal, read_pin
from core.errors import ButlucError, UsageError
from core.events import new_event, now
from core.text import nfc
from jobs.catalogue import DocumentRow
from jobs.copies import Keeper
from jobs.crew import work
from jobs.executor import scratch
from jobs.home import Home
from jobs.indexing import IndexKeeper
from jobs.intake import batch_names, sync_journals
from jobs.paper import FedSheets
from jobs.profile import Profile, load_profile
from jobs.publish import publish, sync_store
from jobs.reading import work_folder
from jobs.record import below_level, emptied_record
from jobs.worker import DocumentTask, identity

Progress = Callable[[str, int, int], None]
"""Called with a stage name (``pages``), what is done and what there is."""


@dataclass
class Run:
    """What one run did."""

    pages: int = 0
    documents: int = 0
    failed: list[tuple[str, ButlucError]] = field(default_factory=list)
    not_verified: list[str] = field(default_factory=list)
    below_level: list[dict[str, str]] = field(default_factory=list)
    """Documents whose signature has a lower level than the settings ask for: id, level, reason."""
    copies: list[dict[str, Any]] = field(default_factory=list)
    """For each second copy ``name``, ``in_step`` and ``problem``."""
    index: dict[str, Any] = field(default_factory=dict)
    """``in_step``, documents ``waiting`` for the index, the ``problem``, and pages that it refused (``rejected``)."""
    seconds: float = 0.0


def process(
    home: Home,
    batches: Sequence[str],
    *,
    jobs: int,
    who: str,
    verapdf: Path,
    progress: Progress = lambda stage, done, total: None,
    ask_pin: Callable[[str], str] = no_terminal,
) -> Run:
    """Do all work that is left in ``batches`` (all, when empty).

    Raises:
        UsageError: an unknown batch.
        BadInputError: the signing certificate or the PIN of its token cannot be used.
        MissingToolError: another ``process`` works on this home, a tool is missing, or the disk is full.
    """
    started = time.monotonic()
    home.demand("journal", "store", "audit")
    batches = [nfc(name) for name in batches]
    known = set(batch_names(home))
    for name in batches:
        if name not in known:
            raise UsageError("scanner.no-batch", batch=name)
    with home.lock("process"), scratch(work_folder(home.path("cache"))):
        sync_journals(home)
        sync_store(home)
        keeper = IndexKeeper(home)
        keeper.follow()
        home.flush_events()
        run, rows = Run(), home.catalogue.unpublished(batches)
        pin = None
        if rows and home.signature is not None:
            pin = read_pin(home.signature, ask_pin)
            # A certificate that cannot sign is better known before hours of reading.
            check_certificate(identity(home.signature, pin), datetime.now(UTC))
        _Line(home, run, who, verapdf, progress, pin, keeper).work(rows, jobs)
        run.index = keeper.finish()
        home.flush_events()
        run.copies = Keeper(home, who).catch_up()
    run.seconds = round(time.monotonic() - started, 3)
    return run


class _Line:
    """One run over the documents that are left; a case file is published as soon as all its documents are done."""

    def __init__(
        self, home: Home, run: Run, who: str, verapdf: Path, progress: Progress, pin: str | None, index: IndexKeeper
    ) -> None:
        self._home, self._run, self._who, self._verapdf, self._pin, self._index = home, run, who, verapdf, pin, index
        self._progress = progress
        self._keeper = Keeper(home, who)
        self._sheets = FedSheets(home)
        self._profiles: dict[str, Profile] = {}
        self._made: dict[str, list[tuple[DocumentTask, dict[str, Any]]]] = defaultdict(list)
        self._left: Counter[str] = Counter()
        """Documents of each case file that are not done yet."""
        self._read = self._total = 0

    def work(self, rows: Sequence[DocumentRow], jobs: int) -> None:
        self._left.update(row.case_file for row in rows)
        self._total = sum(self._home.catalogue.page_counts([row.id for row in rows]).values())
        self._advance(0)
        with closing(work(self._tasks(rows), jobs, lambda: self._advance(1))) as outcomes:
            for task, outcome in outcomes:
                if isinstance(outcome, ButlucError):
                    self._fail(task.id, outcome)
                else:
                    self._made[task.case_file].append((task, outcome))
                self._done(task.case_file)

    def _tasks(self, rows: Sequence[DocumentRow]) -> Iterator[DocumentTask]:
        """The documents in their order; what cannot be begun, or has no page that counts, is done with at once. Of the
        latter those that were archived leave the newest version of their case file."""
        for row in rows:
            try:
                task = self._task(row)
            except ButlucError as err:
                self._fail(row.id, err)
                self._done(row.case_file)
                continue
            pages = len(task.page_tasks())
            self._advance(len(task.images) - pages)
            if pages:
                yield task
                continue
            if row.record is not None:
                self._made[row.case_file].append((task, emptied_record(task, row.record)))
            self._done(row.case_file)

    def _task(self, row: DocumentRow) -> DocumentTask:
        if row.profile not in self._profiles:
            self._profiles[row.profile] = load_profile(row.profile, self._home.root)
        images = tuple(self._home.catalogue.pages(row.id))
        return DocumentTask(
            id=row.id,
            case_file=row.case_file,
            batch=row.batch,
            profile_name=row.profile,
            profile=self._profiles[row.profile],
            label=row.label,
            pages_key=row.pages_key,
            images=images,
            organisation=self._home.config.organisation,
            who=self._who,
            at=now(),
            signature=self._home.signature,
            verapdf=self._verapdf,
            cache=self._home.path("cache"),
            sheets=self._sheets.of(images),
            pin=self._pin,
        )

    def _done(self, case_file: str) -> None:
        """One more document of the case file is done with; after the last, what was made of it is published."""
        self._left[case_file] -= 1
        if self._left[case_file] == 0 and (made := self._made.pop(case_file, None)):
            publish(self._home, case_file, made, self._who)
            self._keeper.published(case_file)
            self._index.follow()
            self._count(made)

    def _advance(self, pages: int) -> None:
        self._read += pages
        self._progress("pages", self._read, self._total)

    def _fail(self, document: str, err: ButlucError) -> None:
        """Set a document aside; the event is told once, however often a run comes to the same end."""
        self._run.failed.append((document, err))
        reason = err.message("vi")
        row = self._home.catalogue.document(document)
        if row is None or row.reason != reason:
            happened = new_event("quarantine", document, self._who, reason=reason, code=err.code)
            self._home.catalogue.put_reason(document, reason, happened)

    def _count(self, made: Sequence[tuple[DocumentTask, dict[str, Any]]]) -> None:
        for task, record in made:
            self._run.documents += 1
            self._run.pages += len(task.page_tasks())
            if any(verdict["state"] == "not_verified" for verdict in record["verdicts"]):
                self._run.not_verified.append(task.id)
            self._run.below_level += below_level(record)

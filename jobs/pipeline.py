"""The production line: pages are read, documents made, case files published; resumable at any moment.

Workers only fill the cache; this process alone writes store, catalogue, index and chain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from archive.identity import load_identity
from core.errors import ButlucError, ExitCode, UsageError, foreseen
from core.events import new_event, now
from core.text import nfc
from jobs.catalogue import DocumentRow
from jobs.executor import make_executor
from jobs.home import Home
from jobs.intake import batch_names, sync_journals
from jobs.profile import Profile, load_profile
from jobs.publish import publish, sync_index, sync_store
from jobs.worker import DocumentTask, make_document, read

Progress = Callable[[str, int, int], None]
"""Called with a stage name (``pages``), what is done and what there is."""


@dataclass
class Run:
    """What one run did."""

    pages: int = 0
    documents: int = 0
    failed: list[tuple[str, ButlucError]] = field(default_factory=list)
    not_verified: list[str] = field(default_factory=list)
    seconds: float = 0.0


def process(
    home: Home,
    batches: Sequence[str],
    *,
    jobs: int,
    who: str,
    verapdf: Path,
    progress: Progress = lambda stage, done, total: None,
) -> Run:
    """Do all work that is left in ``batches`` (all, when empty).

    Raises:
        UsageError: an unknown batch.
        BadInputError: the signing certificate cannot be used.
        MissingToolError: another ``process`` works on this home, a tool is missing, or the disk is full.
    """
    started = time.monotonic()
    home.demand("journal", "store", "audit")
    batches = [nfc(name) for name in batches]
    for name in batches:
        if name not in batch_names(home):
            raise UsageError("jobs.no-batch", name=name)
    with home.lock("process"):
        sync_journals(home)
        sync_store(home)
        sync_index(home)
        home.flush_events()
        run, rows = Run(), work_left(home, batches)
        if rows and home.signature is not None:
            load_identity(home.signature)  # a certificate that cannot sign is better known before hours of reading
        _Line(home, run, jobs, who, verapdf, progress).work(rows)
        home.flush_events()
    run.seconds = round(time.monotonic() - started, 3)
    return run


def work_left(home: Home, batches: Sequence[str]) -> list[DocumentRow]:
    """Documents whose pages are not those in the store."""
    return [row for row in home.catalogue.documents(batch=batches) if row.pages_key != row.published_key]


class _Line:
    """One run over the documents that are left, case file by case file, with a bounded number of tasks in flight."""

    def __init__(self, home: Home, run: Run, jobs: int, who: str, verapdf: Path, progress: Progress) -> None:
        self._home, self._run, self._jobs, self._who, self._verapdf = home, run, jobs, who, verapdf
        self._progress = progress
        self._profiles: dict[str, Profile] = {}
        self._read = 0
        self._total = 0

    def work(self, rows: Sequence[DocumentRow]) -> None:
        tasks = [task for row in rows if (task := self._task(row)) is not None]
        self._total = sum(len(task.page_tasks()) for task in tasks)
        self._progress("pages", 0, self._total)
        for case_file, group in groupby(tasks, key=lambda task: task.case_file):
            made = list(self._make(list(group)))
            if made:
                publish(self._home, case_file, made, self._who)
                sync_index(self._home)
                self._count(made)

    def _task(self, row: DocumentRow) -> DocumentTask | None:
        images = tuple(self._home.catalogue.pages(row.id))
        try:
            if row.profile not in self._profiles:
                self._profiles[row.profile] = load_profile(row.profile, self._home.root)
        except ButlucError as err:
            self._fail(row.id, err)
            return None
        task = DocumentTask(
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
        )
        return task if task.page_tasks() else None

    def _make(self, tasks: list[DocumentTask]) -> Iterator[tuple[DocumentTask, dict[str, Any]]]:
        """Run the tasks of one case file; a worker that dies costs only the document it worked on."""
        todo, alone = tasks, False
        while todo:
            done: dict[str, dict[str, Any]] = {}
            broken = self._attempt(todo[:1] if alone else todo, done)
            yield from ((task, done[task.id]) for task in todo if task.id in done)
            failed = {document for document, _ in self._run.failed}
            if broken and alone:
                self._fail(todo[0].id, ButlucError("jobs.worker-died", file=todo[0].id))
                failed.add(todo[0].id)
            todo = [task for task in todo if task.id not in done and task.id not in failed]
            alone = alone or broken

    def _attempt(self, tasks: Sequence[DocumentTask], done: dict[str, dict[str, Any]]) -> bool:
        """Whether the pool of workers broke before all was done."""
        with make_executor(self._jobs) as executor:
            waiting: dict[str, int] = {}
            running: dict[Future[Any], tuple[DocumentTask, bool]] = {}
            queue = [(task, page) for task in tasks for page in task.page_tasks()]
            queue.reverse()
            for task in tasks:
                waiting[task.id] = len(task.page_tasks())
            try:
                while queue or running:
                    while queue and len(running) < 2 * self._jobs:
                        task, page = queue.pop()
                        if waiting[task.id] > 0:
                            running[executor.submit(read, page)] = (task, False)
                    finished, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        task, is_document = running.pop(future)
                        if self._settle(future, task, is_document, waiting, done):
                            running[executor.submit(make_document, task)] = (task, True)
            except BrokenProcessPool:
                return True
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                raise
        return False

    def _settle(
        self,
        future: Future[Any],
        task: DocumentTask,
        is_document: bool,
        waiting: dict[str, int],
        done: dict[str, dict[str, Any]],
    ) -> bool:
        """Take note of a finished task; whether the document's pages are now all there."""
        try:
            result = future.result()
        except BrokenProcessPool:
            raise
        except Exception as cause:
            err = foreseen(cause, "jobs.unforeseen", task.id)
            if err.exit_code == ExitCode.MISSING_TOOL:
                raise err from err.__cause__
            waiting[task.id] = -1
            self._fail(task.id, err)
            return False
        if is_document:
            done[task.id] = result
            return False
        self._read += 1
        self._progress("pages", self._read, self._total)
        waiting[task.id] -= 1
        return waiting[task.id] == 0

    def _fail(self, document: str, err: ButlucError) -> None:
        if document in {name for name, _ in self._run.failed}:
            return
        self._run.failed.append((document, err))
        happened = new_event("quarantine", document, self._who, reason=err.message("vi"), code=err.code)
        self._home.catalogue.put_reason(document, err.message("vi"), happened)

    def _count(self, made: Sequence[tuple[DocumentTask, dict[str, Any]]]) -> None:
        for task, record in made:
            self._run.documents += 1
            self._run.pages += len(task.page_tasks())
            if any(verdict["state"] == "not_verified" for verdict in record["verdicts"]):
                self._run.not_verified.append(task.id)

"""Who does the work: pages and documents on an executor that lasts, with a bounded number of tasks in flight.

Tasks are drawn from their source only when there is room for them, so that memory does not grow with the archive.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from core.errors import ButlucError, MissingToolError, foreseen
from jobs.executor import abandon, make_executor
from jobs.reading import PageTask, read
from jobs.worker import DocumentTask, make_document

Outcome = tuple[DocumentTask, dict[str, Any] | ButlucError]
"""A document and its record, or why it could not be made."""


def work(
    tasks: Iterable[DocumentTask],
    jobs: int,
    page_read: Callable[[], None],
    make_pool: Callable[[int], Executor] = make_executor,
) -> Generator[Outcome, None, None]:
    """Make the documents on ``jobs`` workers; each comes back once, in the order in which they are finished.

    A worker that dies (killed for memory, crashed in a library) takes the pool with it. The pool is made anew, and
    what was in flight is tried again one document at a time, so that only the document that kills its worker fails.

    Args:
        page_read: called after each page that was read.
        make_pool: makes an executor of so many workers.

    Raises:
        MissingToolError: a tool is missing or the disk is full; trying further documents would not help.
    """
    source = iter(tasks)
    while unfinished := (yield from _shift(make_pool(jobs), source, 2 * jobs, page_read)):
        for task in unfinished:
            if (yield from _shift(make_pool(jobs), iter([task]), 2 * jobs, page_read)):
                yield task, ButlucError("jobs.worker-died", file=task.id)


def _shift(
    pool: Executor, source: Iterator[DocumentTask], room: int, page_read: Callable[[], None]
) -> Generator[Outcome, None, list[DocumentTask]]:
    """Work with one pool until the source is empty; the documents that were in flight when the pool broke."""
    with pool as executor:
        shift = _Shift(executor, source, room, page_read)
        try:
            yield from shift.run()
        except BrokenProcessPool:
            return [document.task for document in shift.open.values()]
        except BaseException:
            abandon(executor)
            raise
    return []


@dataclass(slots=True)
class _Open:
    """A document in work: pages that no worker has yet, and how many are not read."""

    task: DocumentTask
    waiting: deque[PageTask]
    unread: int


@dataclass(slots=True)
class _Shift:
    executor: Executor
    source: Iterator[DocumentTask]
    room: int
    page_read: Callable[[], None]
    open: dict[str, _Open] = field(default_factory=dict)
    running: dict[Future[Any], str] = field(default_factory=dict)

    def run(self) -> Iterator[Outcome]:
        while self._fill():
            finished, _ = wait(self.running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield from self._settle(future)

    def _fill(self) -> bool:
        """Hand out pages while there is room; whether anything runs."""
        while len(self.running) < self.room and (document := self._next()) is not None:
            self._submit(read, document.waiting.popleft(), document.task.id)
        return bool(self.running)

    def _next(self) -> _Open | None:
        """A document with a page to hand out: one in work, else a fresh one."""
        for document in self.open.values():
            if document.waiting:
                return document
        task = next(self.source, None)
        if task is None:
            return None
        pages = task.page_tasks()
        self.open[task.id] = _Open(task, deque(pages), len(pages))
        return self.open[task.id]

    def _submit(self, work: Callable[..., Any], task: PageTask | DocumentTask, document: str) -> None:
        self.running[self.executor.submit(work, task)] = document

    def _settle(self, future: Future[Any]) -> Iterator[Outcome]:
        name = self.running.pop(future)
        try:
            result = future.result()
        except BrokenProcessPool:
            raise
        except Exception as cause:
            # One paper that the code was not made for must not stop the thousands behind it.
            err = foreseen(cause, "jobs.unforeseen", name)
            if isinstance(err, MissingToolError):
                raise err from err.__cause__
            yield from self._close(name, err)
        else:
            if result is not None:
                yield from self._close(name, result)
            elif name in self.open:
                self._page_done(self.open[name])

    def _page_done(self, document: _Open) -> None:
        self.page_read()
        document.unread -= 1
        if document.unread == 0:
            self._submit(make_document, document.task, document.task.id)

    def _close(self, name: str, outcome: dict[str, Any] | ButlucError) -> Iterator[Outcome]:
        """The document is done with; the second failing page of a document says nothing new."""
        document = self.open.pop(name, None)
        if document is not None:
            yield document.task, outcome

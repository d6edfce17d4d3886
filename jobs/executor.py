"""Where the work runs: this process, or this machine's cores; the pipeline does not know the difference."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.files import disk_errors

_PR_SET_PDEATHSIG = 1


class SerialExecutor(Executor):
    """Runs a task at once in this process (``--jobs 1``)."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The finished future of ``fn(*args, **kwargs)``."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as err:
            future.set_exception(err)
        return future


class _Workers(ProcessPoolExecutor):
    """Worker processes that Ctrl-C or a closed terminal do not reach: their parent alone answers."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As :meth:`concurrent.futures.Executor.submit`; a worker that this starts is born deaf."""
        with _held():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def _held() -> Iterator[None]:
    """Hold back what a terminal sends; processes started within are deaf to it from their first moment."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def make_executor(jobs: int) -> Executor:
    """An executor of ``jobs`` worker processes; one means this process.

    Workers are spawned anew (no locks or handles inherited) and end with their parent, however it ends.
    """
    if jobs <= 1:
        return SerialExecutor()
    context = multiprocessing.get_context("spawn")
    with _held():  # the first pool starts multiprocessing's own helper process
        return _Workers(jobs, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),))


def abandon(executor: Executor) -> None:
    """End the workers at once, whatever they are doing: only whole results count, so nothing is lost but their time."""
    executor.shutdown(wait=False, cancel_futures=True)
    for worker in multiprocessing.active_children():
        worker.kill()


@contextmanager
def scratch(folder: Path) -> Iterator[None]:
    """Make ``folder`` the place for temporary files of this process and its workers, and empty it before and after.

    A killed run's temporary files, pages of case files among them, are thus found and removed by the next run. The
    caller holds a lock, so that nobody else works there.

    Raises:
        MissingToolError: the disk is full.
        BadInputError: the folder cannot be written.
    """
    before, known = os.environ.get("TMPDIR"), tempfile.tempdir
    with disk_errors(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)
        tempfile.tempdir = known
        shutil.rmtree(folder, ignore_errors=True)


def default_jobs() -> int:
    """The cores this process may use."""
    return max(1, len(os.sched_getaffinity(0)))


def _start_worker(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

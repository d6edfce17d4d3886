"""Do something in a process that kills itself at a chosen step."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable

from archive.publication import Step


def in_fork(act: Callable[[Step], object], stop: int) -> bool:
    """Do something in a forked process that kills itself after ``stop`` steps; whether it got to be killed."""
    process = os.fork()
    if process == 0:
        count = 0

        def step(_: str) -> None:
            nonlocal count
            count += 1
            if count == stop:
                os.kill(os.getpid(), signal.SIGKILL)

        code = 1
        with contextlib.suppress(BaseException):
            act(step)
            code = 0
        os._exit(code)
    status = os.waitpid(process, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)

"""Variables that libraries read when they are first loaded in a process, set for a while."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def variable(name: str, value: Path) -> Iterator[None]:
    """``name`` holds ``value``; afterwards it is as it was."""
    before = os.environ.get(name)
    os.environ[name] = str(value)
    yield
    if before is None:
        del os.environ[name]
    else:
        os.environ[name] = before

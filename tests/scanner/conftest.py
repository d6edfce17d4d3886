"""SANE with its backends for tests, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.environment import variable

BACKENDS = ("test", "pnm", "net")


@pytest.fixture(scope="session", autouse=True)
def sane_config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A private configuration: SANE reads it once in a process, so all tests share it."""
    folder = tmp_path_factory.mktemp("sane")
    (folder / "dll.conf").write_text("\n".join(BACKENDS))
    (folder / "net.conf").write_text("connect_timeout = 5\nlocalhost\n")
    with variable("SANE_CONFIG_DIR", folder):
        yield folder

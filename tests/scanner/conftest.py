"""SANE with its backends for tests, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

BACKENDS = ("test", "pnm", "net")


@pytest.fixture(scope="session", autouse=True)
def sane_config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A private configuration: SANE reads it once in a process, so all tests share it."""
    folder = tmp_path_factory.mktemp("sane")
    (folder / "dll.conf").write_text("\n".join(BACKENDS))
    (folder / "net.conf").write_text("connect_timeout = 5\nlocalhost\n")
    before = os.environ.get("SANE_CONFIG_DIR")
    os.environ["SANE_CONFIG_DIR"] = str(folder)
    yield folder
    if before is None:
        del os.environ["SANE_CONFIG_DIR"]
    else:
        os.environ["SANE_CONFIG_DIR"] = before

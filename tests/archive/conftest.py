"""An authority on loopback and EU DSS, once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.authority import Authority, running_authority
from support.dss import Dss


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture(scope="session")
def dss() -> Iterator[Dss]:
    """A second opinion; without it these tests fail."""
    with Dss() as running:
        yield running

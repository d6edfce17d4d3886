"""What all tests need before the first one runs."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st


@pytest.fixture(scope="session", autouse=True)
def unicode_tables() -> None:
    """Hypothesis reads them when text is first drawn: on a fresh clone for longer than a draw may take."""
    st.text().validate()

"""What all tests need before the first one runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from hypothesis import strategies as st

from support.elastic import ElasticNode, make_base


@pytest.fixture(scope="session", autouse=True)
def unicode_tables() -> None:
    """Hypothesis reads them when text is first drawn: on a fresh clone for longer than a draw may take."""
    st.text().validate()


@pytest.fixture(scope="session")
def elastic_node() -> Iterator[ElasticNode]:
    """The one Elasticsearch of this session, started when a test first asks for it."""
    base = make_base()
    node = ElasticNode(base)
    try:
        node.start()
        yield node
    finally:
        node.stop()
        shutil.rmtree(base)

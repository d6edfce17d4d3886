"""The cluster index: :class:`indexer.port.SearchIndex` on Elasticsearch, for institutions that outgrow one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import MissingToolError
from indexer.elastic.settings import ElasticSettings

if TYPE_CHECKING:
    from indexer.elastic.index import ElasticIndex


def open_elastic(settings: ElasticSettings) -> ElasticIndex:
    """The index that ``settings`` name; nothing is asked of the cluster yet.

    Raises:
        MissingToolError: the client is not installed.
        BadInputError: the key or the certificate cannot be read.
    """
    try:
        from indexer.elastic.cluster import Cluster
        from indexer.elastic.index import ElasticIndex
    except ModuleNotFoundError as err:
        if (err.name or "").split(".")[0] not in ("elasticsearch", "elastic_transport"):
            raise
        raise MissingToolError("indexer.no-client") from err
    return ElasticIndex(Cluster(settings))

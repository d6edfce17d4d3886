"""The connection to a cluster: names with the prefix, errors as ours, and patience where a cluster has none."""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from elastic_transport import TlsError
from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError

from core.errors import BadInputError, ButlucError, MissingToolError
from indexer.elastic.settings import ElasticSettings
from indexer.fields import VERSION

T = TypeVar("T")

MAJOR = 8
"""The server's major; the client's is the same."""
PATIENCE = 30.0
"""Seconds that a writer keeps asking a cluster that is away or overloaded."""
BUSY = frozenset({429, 502, 503, 504})
"""Answers of a cluster that is overloaded or coming up."""
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0


class Overloaded(Exception):
    """The cluster had no room for a part of what it was sent."""


class Cluster:
    """A cluster as one archive sees it.

    Args:
        patience: seconds that a writer keeps asking.
        wrap: what to put around the client.

    Raises:
        BadInputError: the key or the certificate cannot be read.
    """

    def __init__(
        self, settings: ElasticSettings, patience: float = PATIENCE, wrap: Callable[[Any], Any] = lambda client: client
    ) -> None:
        assert settings.url is not None
        self.url, self.prefix, self.shards = settings.url, settings.prefix, settings.shards
        self._patience = patience
        self.alias = f"{self.prefix}-pages-v{VERSION}"
        """What searches ask: the index in use, of this program's mapping."""
        access = settings.access()
        options: dict[str, Any] = {"request_timeout": 60, "max_retries": 0, "retry_on_timeout": False}
        if access.api_key is not None:
            options["api_key"] = access.api_key
        if access.user is not None:
            options["basic_auth"] = (access.user, access.password)
        if settings.ca is not None:
            options["ssl_context"] = _trusting(settings.ca)
        self.client: Elasticsearch = wrap(Elasticsearch(self.url, **options))

    def __repr__(self) -> str:
        return f"Cluster({self.url!r}, {self.prefix!r})"

    def version(self) -> str:
        """The server's version.

        Raises:
            MissingToolError: it does not answer, does not let us in, is of another major or no Elasticsearch.
        """
        with self.errors():
            found = str(self.client.info()["version"]["number"])
        if int(found.split(".")[0]) != MAJOR:
            raise MissingToolError("indexer.wrong-major", file=self.url, version=found, major=MAJOR)
        return found

    def insist(self, act: Callable[[], T]) -> T:
        """What ``act`` returns; where the cluster is away or overloaded it is called again, after longer and longer
        waits, until patience ends. It must be harmless to do it twice."""
        end, wait = time.monotonic() + self._patience, _FIRST_WAIT
        while True:
            try:
                return act()
            except (ApiError, TransportError, Overloaded) as err:
                if not passing(err) or time.monotonic() + wait > end:
                    raise
            time.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(2 * wait, _LONGEST_WAIT)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Errors of the client as errors that a person can act on; none of them tells a secret."""
        try:
            yield
        except UnsupportedProductError as err:
            raise MissingToolError("indexer.not-elasticsearch", file=self.url) from err
        except Overloaded as err:
            raise MissingToolError("indexer.unreachable", file=self.url, why="429") from err
        except ApiError as err:
            raise self._api_error(err) from err
        except TransportError as err:
            code = "indexer.tls" if isinstance(err, TlsError) else "indexer.unreachable"
            raise MissingToolError(code, file=self.url, why=_first_line(err.message)) from err

    def _api_error(self, err: ApiError) -> ButlucError:
        status, why = err.meta.status, reason(err.body)
        if status in (401, 403):
            return MissingToolError("indexer.not-allowed", file=self.url, why=why)
        if status in BUSY:
            return MissingToolError("indexer.unreachable", file=self.url, why=f"{status} {why}")
        return ButlucError("indexer.refused", file=self.url, why=f"{status} {why}")


def _trusting(ca: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca))
    except OSError as err:  # no file, or no certificates in it
        raise BadInputError("indexer.ca-unreadable", file=ca) from err


def passing(err: Exception) -> bool:
    """Whether it may go better a little later."""
    if isinstance(err, ApiError):
        return err.meta.status in BUSY
    return isinstance(err, Overloaded) or not isinstance(err, TlsError)


def reason(body: Any) -> str:
    """Why the cluster refused, in one line of its own words."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(error, dict):
        cause = error.get("caused_by") or {}
        text = f"{error.get('type', '')}: {error.get('reason', '')} {cause.get('reason', '')}"
    else:
        text = str(error or "")
    return _first_line(text)


def _first_line(text: str) -> str:
    return " ".join(text.split())[:200]

"""The one writer, across machines: a document of the cluster that a writer holds and renews.

The file lock of a home is not enough here: two homes, or a home on two machines, may name the same cluster and prefix.
Whoever takes or renews the lease names the state of the document that it saw, so of two only one succeeds; a holder
that died leaves a lease that ends by itself, and at once where a process of the same machine sees that it is gone.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from elasticsearch import ApiError, BadRequestError, ConflictError, NotFoundError, TransportError

from core.errors import MissingToolError
from indexer.elastic.cluster import Cluster

SECONDS = 180.0
"""How long a lease lasts without renewal: more than the longest request with all its repetitions."""
_RENEWED = 20.0
"""Renewed when it is so old."""
_ID = "writer"
_HELD: set[str] = set()
"""The leases that this process holds."""


class Lease:
    """A lease that is held."""

    def __init__(self, cluster: Cluster, index: str) -> None:
        self._cluster, self._index, self._name = cluster, index, uuid4().hex
        self._note(_take(cluster, index, self._name))
        _HELD.add(self._name)

    def renew(self) -> None:
        """Hold on for longer; to be called before every change.

        Raises:
            MissingToolError: it ended and another writer took it.
        """
        if time.monotonic() - self._renewed < _RENEWED:
            return
        try:
            state = self._cluster.insist(lambda: _write(self._cluster, self._index, self._name, self._seen))
        except ConflictError as err:
            raise MissingToolError("indexer.lease-lost", file=self._cluster.url) from err
        self._note(state)

    def release(self) -> None:
        """Let go; where the cluster is away nobody can be told, but this process knows."""
        _HELD.discard(self._name)
        seq, term = self._seen
        try:
            self._cluster.client.delete(index=self._index, id=_ID, if_seq_no=seq, if_primary_term=term)
        except (ApiError, TransportError):
            return

    def _note(self, state: Any) -> None:
        self._seen: tuple[int, int] = state["_seq_no"], state["_primary_term"]
        self._renewed = time.monotonic()


@contextmanager
def leased(cluster: Cluster) -> Iterator[Lease]:
    """Be the one writer under the cluster's prefix.

    Raises:
        MissingToolError: somebody else is; the message names the machine and the process.
    """
    index = f"{cluster.prefix}-lock"
    lease = Lease(cluster, index)
    try:
        yield lease
    finally:
        lease.release()


def _take(cluster: Cluster, index: str, name: str) -> Any:
    try:
        found = cluster.client.get(index=index, id=_ID)
    except NotFoundError as err:
        if err.error == "index_not_found_exception":
            _make(cluster, index)
        seen = None
    else:
        if _is_held(found["_source"]):
            holder = f"{found['_source']['host']}, {found['_source']['pid']}"
            raise MissingToolError("indexer.busy", file=cluster.url, holder=holder)
        seen = found["_seq_no"], found["_primary_term"]
    try:
        return _write(cluster, index, name, seen)
    except ConflictError as err:
        raise MissingToolError("indexer.busy", file=cluster.url, holder="?") from err


def _write(cluster: Cluster, index: str, name: str, seen: tuple[int, int] | None) -> Any:
    state = {"if_seq_no": seen[0], "if_primary_term": seen[1]} if seen else {"op_type": "create"}
    holder = {**_me(), "name": name, "until": time.time() + SECONDS}
    return cluster.client.index(index=index, id=_ID, document=holder, **state)


def _is_held(holder: dict[str, Any]) -> bool:
    if holder["machine"] == _machine():
        own = holder["pid"] == os.getpid() and holder["name"] not in _HELD
        if own or not _lives(holder["pid"], holder["since"]):
            return False
    return bool(holder["until"] > time.time())


def _me() -> dict[str, Any]:
    pid = os.getpid()
    return {"host": socket.gethostname(), "machine": _machine(), "pid": pid, "since": _began(pid)}


def _machine() -> str:
    """This run of this machine, and the numbering of its processes: containers have their own."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot} {Path('/proc/self/ns/pid').readlink()}"


def _lives(pid: int, since: str) -> bool:
    return _began(pid) == since


def _began(pid: int) -> str:
    """When a process began, in the machine's ticks; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _make(cluster: Cluster, index: str) -> None:
    body: dict[str, Any] = {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
        "mappings": {"dynamic": False},
    }
    try:
        cluster.client.indices.create(index=index, **body)
    except BadRequestError as err:
        if err.error != "resource_already_exists_exception":
            raise

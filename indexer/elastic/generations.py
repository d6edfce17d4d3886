"""Indices that are rebuilt beside the one in use: ``PREFIX-pages-000001`` …, and an alias naming the one in use.

The alias is moved and the old index taken away in one step of the cluster, once the new one is complete: readers never
see half an index. The alias bears the number of the mapping, so that no program reads an index of another one.
"""

from __future__ import annotations

import re
from typing import Any

from elasticsearch import NotFoundError

from core.errors import MissingToolError
from indexer.elastic.cluster import Cluster
from indexer.elastic.mapping import index_body
from indexer.fields import VERSION


class Generations:
    """The indices under one prefix; errors are the client's."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._indices = cluster, cluster.client.indices
        self._name = re.compile(rf"{re.escape(cluster.prefix)}-pages-(\d{{6,}})")
        self._alias = re.compile(rf"{re.escape(cluster.prefix)}-pages-v\d+")

    def current(self) -> str | None:
        """The index in use, or ``None`` where none was ever completed.

        Raises:
            MissingToolError: there is one, of another version's mapping.
        """
        return self._of_alias(self._all())

    def identity(self) -> str | None:
        """What tells the index in use from every other that ever was, or ``None``."""
        known = self._all()
        name = self._of_alias(known)
        return None if name is None else _identity(known[name])

    def identity_of(self, name: str) -> str:
        """What tells an index from every other: its number is used again, this is not."""
        return _identity(self._cluster.insist(self._all)[name])

    def resumable(self, identity: str | None) -> str | None:
        """The index of this identity where it was begun and never completed, of this program's mapping."""
        for name, about in self._all().items():
            begun = not about["aliases"] and about["mappings"]["_meta"]["schema"] == VERSION
            if begun and _identity(about) == identity:
                return name
        return None

    def begin(self) -> str:
        """A new, empty index; those that were begun and never completed are taken away. Call it under the lease."""
        known = self._cluster.insist(self._all)
        for name, about in known.items():
            if not about["aliases"]:
                self.drop(name)
        name = f"{self._cluster.prefix}-pages-{max(map(self._number, known), default=0) + 1:06d}"
        self._cluster.insist(lambda: self._make(name))
        return name

    def switch(self, name: str) -> None:
        """Put ``name`` in use and take all others away, in one step; call it under the lease."""
        self._cluster.insist(lambda: self._switch(name))

    def drop(self, name: str) -> None:
        """Take away an index that is not in use."""
        self._cluster.insist(lambda: self._indices.delete(index=name, ignore_unavailable=True))

    def _make(self, name: str) -> None:
        if not self._indices.exists(index=name):  # else the answer to the first try was lost
            self._indices.create(index=name, **index_body(self._cluster.shards))

    def _switch(self, name: str) -> None:
        known = self._all()
        others = [other for other in known if other != name]
        if not others and self._cluster.alias in known[name]["aliases"]:
            return
        actions: list[dict[str, Any]] = [{"add": {"index": name, "alias": self._cluster.alias}}]
        self._indices.update_aliases(actions=[*actions, *({"remove_index": {"index": other}} for other in others)])

    def _all(self) -> dict[str, Any]:
        try:
            found = self._indices.get(index=f"{self._cluster.prefix}-pages-*")
        except NotFoundError:
            return {}
        return {name: about for name, about in found.items() if self._name.fullmatch(name)}

    def _of_alias(self, known: dict[str, Any]) -> str | None:
        for name, about in known.items():
            if self._cluster.alias in about["aliases"]:
                return name
        for about in known.values():
            for alias in filter(self._alias.fullmatch, about["aliases"]):
                raise MissingToolError("indexer.rebuild-needed", file=self._cluster.url, why=alias)
        return None

    def _number(self, name: str) -> int:
        found = self._name.fullmatch(name)
        assert found is not None
        return int(found[1])


def _identity(about: dict[str, Any]) -> str:
    return str(about["settings"]["index"]["uuid"])

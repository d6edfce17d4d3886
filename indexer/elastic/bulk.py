"""Sending changes in bulk: by count and bytes, again where the cluster is away or overloaded, and without those that it
refuses, which are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError

from indexer.elastic.cluster import BUSY, Cluster, Overloaded, reason

MOST_CHANGES = 1000
MOST_BYTES = 8_000_000
"""What one request holds at most; a single change may be longer."""
_TOO_LARGE = (400, 413)
"""Answers to a request that cannot be taken as a whole: one of its changes is at fault, or its size."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry put in (``lines``: action and source) or taken out (action alone); JSON without line ends."""

    page: str
    lines: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.lines)) + len(self.lines)


class Bulk:
    """Sends changes to one index.

    Args:
        before: called before every request.
    """

    def __init__(self, cluster: Cluster, index: str, before: Callable[[], None]) -> None:
        self._cluster, self._index, self._before = cluster, index, before
        self.rejected: dict[str, str] = {}
        """Pages that the cluster refused, and why."""

    def send(self, changes: Iterable[Change]) -> None:
        """Carry out ``changes``; those sent stay, whatever happens to the rest."""
        for group in _groups(changes):
            self._send(group)

    def _send(self, group: Sequence[Change]) -> None:
        left = list(group)

        def once() -> None:
            nonlocal left
            self._before()
            left = self._request(left)
            if left:
                raise Overloaded

        try:
            self._cluster.insist(once)
        except ApiError as err:
            if err.meta.status not in _TOO_LARGE:
                raise
            if len(left) == 1:
                self.rejected[left[0].page] = reason(err.body)
                return
            middle = len(left) // 2
            self._send(left[:middle])
            self._send(left[middle:])

    def _request(self, changes: Sequence[Change]) -> list[Change]:
        """Those that the cluster had no room for."""
        lines: list[Any] = [line for change in changes for line in change.lines]
        answer: Any = self._cluster.client.bulk(
            index=self._index, operations=lines, filter_path=["errors", "items.*.status", "items.*.error"]
        )
        if not answer["errors"]:
            return []
        results = [next(iter(item.values())) for item in answer["items"]]
        again = []
        for change, result in zip(changes, results, strict=True):
            if result["status"] in BUSY:
                again.append(change)
            elif "error" in result:
                self.rejected[change.page] = reason(result["error"])
        return again


def _groups(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """No page is twice in a group, for what is sent again comes behind the rest of its group."""
    group: dict[str, Change] = {}
    size = 0
    for change in changes:
        full = len(group) == MOST_CHANGES or size + change.size > MOST_BYTES
        if group and (full or change.page in group):
            yield list(group.values())
            group, size = {}, 0
        group[change.page] = change
        size += change.size
    if group:
        yield list(group.values())

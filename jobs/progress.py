"""Plain progress figures: how much of what was taken in is archived, by fonds and case file."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from core.ids import fonds_of
from jobs.catalogue import DocumentRow
from jobs.home import Home
from jobs.record import read_page_ids
from jobs.records import state_of

STEPS = ("taken", "read", "archived", "signed", "verified", "indexed", "quarantined")


def progress(home: Home, *, by: str) -> dict[str, Any]:
    """Pages per step, for each ``fonds`` or ``case_file`` and in total.

    ``taken`` counts live pages in the journals; ``archived`` those whose present form lies in the store; ``signed``
    and ``verified`` those whose last check of the finished file passed; ``percent`` is archived of taken.
    """
    groups: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STEPS, 0))
    live = home.catalogue.live_pages()
    for row in home.catalogue.documents():
        figures = _figures(row, live.get(row.id, 0))
        group = groups[fonds_of(row.case_file) if by == "fonds" else row.case_file]
        for step, pages in figures.items():
            group[step] += pages
    total = {step: sum(group[step] for group in groups.values()) for step in STEPS}
    rows = [{"name": name, **_with_percent(groups[name])} for name in sorted(groups)]
    return {"by": by, "unit": "page", "groups": rows, "total": _with_percent(total)}


def _figures(row: DocumentRow, live: int) -> dict[str, int]:
    state = state_of(row)
    record = row.record or {"pages": [], "verdicts": []}
    archived = live if state == "archived" else 0
    passed = {verdict["check"] for verdict in record["verdicts"] if verdict["state"] == "passed"}
    pdfa = {verdict["check"] for verdict in record["verdicts"] if verdict["check"].startswith("pdfa")}
    return {
        "taken": live,
        "read": min(live, len(read_page_ids(record))),
        "archived": archived,
        "signed": archived if "signature" in passed else 0,
        "verified": archived if pdfa and pdfa <= passed else 0,
        "indexed": archived if row.indexed_key == row.pages_key else 0,
        "quarantined": live if state == "quarantined" else 0,
    }


def _with_percent(figures: dict[str, int]) -> dict[str, Any]:
    taken = figures["taken"]
    return {**figures, "percent": round(100 * figures["archived"] / taken, 2) if taken else None}

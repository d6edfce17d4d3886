"""The backup log and the incident log, made from the event chain as CSV and as text; wording in ``jobs/forms.toml``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.events import now
from core.files import disk_errors, write_atomic
from jobs.home import Home
from jobs.settings import read_toml

FORMS = Path(__file__).with_name("forms.toml")
_TELL_TALE = ("changed", "broken", "whole", "ok")
"""Details that say how an act ended."""


def write_reports(home: Home, folder: Path) -> dict[str, Any]:
    """Write both logs into ``folder``; their files, and how many entries each has.

    Raises:
        IntegrityError: the event chain is damaged.
        BadInputError: the folder cannot be written.
    """
    forms = read_toml(FORMS)
    answer: dict[str, Any] = {"files": []}
    events = [record.event for record in home.chain.records()]
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for kind in ("backups", "incidents"):
        form = forms[kind]
        rows = [
            _row(number, event, form["acts"], forms["results"])
            for number, event in enumerate((event for event in events if event["act"] in form["acts"]), 1)
        ]
        answer[kind] = len(rows)
        title = f"{form['title']} – {home.config.organisation}"
        for suffix, text in ((".csv", _csv(form["columns"], rows)), (".txt", _text(title, form["columns"], rows))):
            path = folder / f"{form['file']}{suffix}"
            write_atomic(path, text.encode("utf-8-sig" if suffix == ".csv" else "utf-8"))
            answer["files"].append(str(path))
    return answer


def _row(number: int, event: Mapping[str, Any], acts: Mapping[str, str], results: Mapping[str, str]) -> list[str]:
    details = event["details"]
    result = results["good" if _ended_well(event["act"], details) else "bad"]
    rest = "; ".join(f"{key}: {_plain(value)}" for key, value in details.items())
    return [str(number), event["at"], acts[event["act"]], event["object"], event["who"], result, rest]


def _ended_well(act: str, details: Mapping[str, Any]) -> bool:
    """An act that found damage, or left some, did not."""
    if act == "damage":
        return False
    told = {name: details[name] for name in _TELL_TALE if name in details}
    return all(bool(value) == (name in ("whole", "ok")) for name, value in told.items())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([columns, *rows])
    return out.getvalue()


def _text(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    parts = [title, now(), ""]
    for row in rows:
        parts += [f"{column}: {value}" for column, value in zip(columns, row, strict=True)] + [""]
    return "\n".join(parts)

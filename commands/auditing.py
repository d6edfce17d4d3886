"""The auditors' commands."""

from __future__ import annotations

from collections import deque
from typing import Any

import click

from commands.context import App, Words
from commands.output import show_table
from core.errors import ExitCode


@click.group()
def audit() -> None:
    """What happened, and how far the work is."""


@audit.command()
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The last so many events.")
@click.option("--act", type=Words(), help="Only this act.")
@click.option("--object", "obj", type=Words(), help="Only objects that begin so.")
@click.pass_obj
def log(app: App, limit: int, act: str | None, obj: str | None) -> None:
    """The last events, oldest first."""
    app.home.flush_events()
    last: deque[dict[str, Any]] = deque(maxlen=limit)
    for record in app.home.chain.records():
        happened = record.event
        if (act is None or happened["act"] == act) and (obj is None or happened["object"].startswith(obj)):
            last.append({"seq": record.seq, "hash": record.hash, **happened})

    def show() -> None:
        table = app.table("sequence", "time", "person", "act", "object", "details")
        for row in last:
            details = ", ".join(f"{key}={value}" for key, value in row["details"].items())
            reason = f"{row['reason']} " if row["reason"] else ""
            table.add_row(str(row["seq"]), row["at"], row["who"], row["act"], row["object"], reason + details)
        show_table(table)

    app.emit({"events": list(last)}, show)


@audit.command()
@click.option("--head", type=Words(), help="Hash of a record kept elsewhere that the chain must hold.")
@click.pass_obj
def verify(app: App, head: str | None) -> int:
    """Recount the chain of events; exit 5 names the first bad record. Writes nothing."""
    verdict = app.home.chain.verify(head)
    answer = {
        "events": verdict.events,
        "sealed_segments": 0,
        "segments": verdict.segments,
        "ok": verdict.ok,
        "first_bad": verdict.first_bad,
        "head": verdict.head,
        "anchored": head is not None,
    }
    slug = "chain-bad" if not verdict.ok else "chain-anchored" if head else "chain-good"
    app.emit(
        answer,
        lambda: print(app.text(slug, events=verdict.events, head=verdict.head, where=verdict.first_bad or "")),
    )
    return ExitCode.DONE if verdict.ok else ExitCode.INTEGRITY


@audit.command()
@click.option("--by", type=click.Choice(["fonds", "case_file"]), default="fonds", show_default=True)
@click.pass_obj
def progress(app: App, by: str) -> None:
    """How many pages are taken in, archived, signed, verified, indexed."""
    from jobs.progress import STEPS
    from jobs.progress import progress as figures

    answer = figures(app.home, by=by)

    def show() -> None:
        table = app.table("name", *STEPS, "percent")
        for row in [*answer["groups"], {"name": "Σ", **answer["total"]}]:
            percent = "–" if row["percent"] is None else f"{row['percent']:.1f} %"
            table.add_row(row["name"], *(str(row[step]) for step in STEPS), percent)
        show_table(table)

    app.emit(answer, show)

"""Commands about signatures: how long they are proven, and their renewal."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import click

from commands.context import App, GivenText, Words
from commands.output import show_table
from core.errors import ExitCode


@click.group()
def signatures() -> None:
    """How long signatures are proven, and their renewal."""


@signatures.command()
@click.argument("ids", nargs=-1, type=Words())
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Only what is due by this day.")
@click.pass_obj
def status(app: App, ids: tuple[str, ...], before: datetime | None) -> None:
    """Level, signer, last time stamp and due day of each document's signature."""
    from jobs.standing import standings

    today = datetime.now(UTC).date()
    found = list(standings(app.home, ids, today))
    due = sum(1 for entry in found if entry.due is not None and entry.due <= today)
    rows = [
        entry.plain() for entry in found if before is None or (entry.due is not None and entry.due <= before.date())
    ]
    levels = Counter(entry.level for entry in found)

    def show() -> None:
        table = app.table("document", "level", "signer", "last-stamp", "stamp-end", "algorithm", "due")
        for row in rows:
            cells = ("signer", "last_stamp", "last_stamp_expires", "last_stamp_algorithm", "due")
            texts = [str(row[name] or "–") for name in cells]
            table.add_row(row["id"], row["level"], texts[0], texts[1][:10], texts[2][:10], *texts[3:])
        show_table(table)
        print(app.text("signatures-due", documents=len(found), due=due))

    app.emit({"documents": rows, "levels": dict(sorted(levels.items())), "due": due}, show)


@signatures.command()
@click.argument("ids", nargs=-1, type=Words())
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="What is due by this day [today].")
@click.option("--jobs", type=click.IntRange(1, 256), help="Worker processes [the cores of this machine].")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def renew(app: App, ids: tuple[str, ...], before: datetime | None, jobs: int | None, by: str | None) -> int:
    """Lay revocation data and a fresh time stamp over the signatures that are due; goes on where it was stopped."""
    from archive.verapdf import default_home
    from jobs.executor import default_jobs
    from jobs.renewal import renew as run

    day: date | None = before.date() if before else None
    with app.progress() as bar:
        task = bar.add_task(app.text("step-renew"), total=None)
        done = run(
            app.home,
            ids,
            before=day,
            jobs=jobs or default_jobs(),
            who=by or app.user,
            verapdf=default_home(),
            progress=lambda count, total: bar.update(task, completed=count, total=total),
        )
    failed = [
        {"id": name, "code": err.code, "reason": err.message(app.lang), "remedy": app.advice(err)}
        for name, err in done.failed
    ]
    answer = {
        "renewed": done.renewed,
        "failed": failed,
        "not_verified": done.not_verified,
        "seconds": done.seconds,
    }
    app.emit(answer, lambda: print(app.text("renewed", count=len(done.renewed), seconds=f"{done.seconds:.1f}")))
    for item in failed:
        app.say("rejected", reason=item["reason"], remedy=item["remedy"])
    return ExitCode.SOME_FAILED if failed else ExitCode.DONE

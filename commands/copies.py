"""Commands about second copies and about looking at the bytes again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from commands.context import App, GivenText, Words
from commands.output import show_table
from core.errors import ButlucError, ExitCode


def told(app: App, name: str, err: ButlucError, **more: str) -> dict[str, str]:
    """A copy and why it cannot be used, for the answer."""
    return {"copy": name, **more, "code": err.code, "reason": err.message(app.lang), "remedy": app.advice(err)}


def say_problems(app: App, rows: Iterable[dict[str, str]]) -> None:
    """One line on stderr for each of them."""
    for row in rows:
        app.say("rejected", reason=row["reason"], remedy=row["remedy"])


@click.group()
def copies() -> None:
    """Second copies of the store on other media."""


@copies.command("init")
@click.argument("name", type=Words())
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def init_copy(app: App, name: str, by: str | None) -> None:
    """Begin a copy on a new medium."""
    from jobs.copies import make_copy

    made = make_copy(app.home, name, by or app.user)
    app.emit(made, lambda: print(app.text("copy-made", copy=name, file=made["path"])))
    if made["same_device"]:
        app.say("copy-same-device", copy=name)


@copies.command("status")
@click.pass_obj
def copies_status(app: App) -> None:
    """Which copies are there, and how far they are in step."""
    from jobs.copies import copies_status as status

    answer = status(app.home)
    for row in answer["copies"]:
        row["problem"] = row["problem"].message(app.lang) if row["problem"] else None

    def show() -> None:
        table = app.table("copy", "state", "case-file", "behind", "file")
        for row in answer["copies"]:
            held, behind = ("–" if row[key] is None else str(row[key]) for key in ("case_files", "behind"))
            table.add_row(row["name"], app.text(f"copy-{row['state']}"), held, behind, row["path"])
        show_table(table)

    app.emit(answer, show)


@copies.command("sync")
@click.argument("names", nargs=-1, type=Words())
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def sync(app: App, names: tuple[str, ...], by: str | None) -> int:
    """Bring copies into step with the store."""
    from jobs.copies import sync_copies

    with app.progress() as bar:
        task = bar.add_task(app.text("step-copy"), total=None)
        run = sync_copies(
            app.home, names, by or app.user, lambda done, total: bar.update(task, completed=done, total=total)
        )
    failed = [told(app, name, err, case_file=case_file) for name, case_file, err in run.failed]
    missing = [told(app, name, err) for name, err in run.unreachable]
    answer = {"copied": run.copied, "failed": failed, "unreachable": missing, "in_step": run.in_step}
    app.emit(answer, lambda: print(app.text("copied", versions=len(run.copied))))
    say_problems(app, (*failed, *missing))
    if any(err.exit_code == ExitCode.INTEGRITY for _, _, err in run.failed):
        return ExitCode.INTEGRITY
    return ExitCode.DONE if run.in_step else ExitCode.SOME_FAILED


@click.group()
def fixity() -> None:
    """Look at the bytes of store and copies again, and put right what is damaged."""


@fixity.command("run")
@click.option("--seconds", type=click.IntRange(1), help="Stop after so many seconds.")
@click.option("--bytes", "most", type=click.IntRange(1), help="Stop after so many bytes.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def fixity_run(app: App, seconds: int | None, most: int | None, by: str | None) -> int:
    """Check what was not looked at for longest; goes on where it stopped."""
    from jobs.fixity import Budget, run_fixity

    with app.progress() as bar:
        task = bar.add_task(app.text("step-fixity"), total=None)
        answer = run_fixity(
            app.home,
            by or app.user,
            Budget(seconds, most),
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    answer["unreachable"] = [told(app, name, err) for name, err in answer["unreachable"]]

    def show() -> None:
        percent = "–" if answer["percent"] is None else f"{answer['percent']:.1f}"
        print(app.text("fixity-run", checked=answer["checked"], left=answer["left"], percent=percent))
        for entry in answer["damaged"]:
            slug = "fixity-healed" if entry["healed"] else "fixity-broken"
            print("  ! " + app.text(slug, copy=entry["copy"], what=entry["what"], where=entry["where"]))

    app.emit(answer, show)
    say_problems(app, answer["unreachable"])
    if answer["broken"]:
        app.say("fixity-alarm-broken", count=answer["broken"])
        return ExitCode.INTEGRITY
    if answer["healed"]:
        app.say("fixity-alarm-healed", count=answer["healed"])
    return ExitCode.SOME_FAILED if answer["damaged"] else ExitCode.DONE


@fixity.command("status")
@click.option("--days", type=click.IntRange(1), default=30, show_default=True, help="Checked within so many days.")
@click.pass_obj
def fixity_status(app: App, days: int) -> None:
    """How much was checked lately, and what is known to be broken."""
    from jobs.fixity import fixity_status as status

    answer: dict[str, Any] = status(app.home, days)
    answer["unreachable"] = [told(app, name, err) for name, err in answer["unreachable"]]

    def show() -> None:
        percent = "–" if answer["percent"] is None else f"{answer['percent']:.1f}"
        print(app.text("fixity-status", percent=percent, days=days, broken=len(answer["broken"])))
        table = app.table("copy", "holdings", "checked", "percent", "oldest")
        for row in answer["copies"]:
            part = "–" if row["percent"] is None else f"{row['percent']:.1f} %"
            table.add_row(row["name"], str(row["holdings"]), str(row["checked"]), part, row["oldest"] or "–")
        show_table(table)

    app.emit(answer, show)

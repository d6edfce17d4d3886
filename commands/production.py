"""The production line's command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.progress import Progress, TaskID

from commands.context import App, GivenText, Words
from core.errors import ExitCode, MissingToolError

if TYPE_CHECKING:
    from jobs.pipeline import Run


@click.command()
@click.argument("batches", nargs=-1, type=Words())
@click.option("--jobs", type=click.IntRange(1, 256), help="Worker processes [the cores of this machine].")
@click.option("--scheduler", help="Address of a cluster's scheduler.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def process(app: App, batches: tuple[str, ...], jobs: int | None, scheduler: str | None, by: str | None) -> int:
    """Recognition → fields → PDF/A → signature → package → index; goes on where it was stopped."""
    from archive.verapdf import default_home
    from jobs.executor import default_jobs
    from jobs.pipeline import process as run_line

    if scheduler is not None:
        raise MissingToolError("jobs.no-scheduler", address=scheduler)
    with app.progress() as bar:
        run = run_line(
            app.home,
            batches,
            jobs=jobs or default_jobs(),
            who=by or app.user,
            verapdf=default_home(),
            progress=_Bars(app, bar),
            ask_pin=lambda token: _without_bar(bar, app, token),
        )
    failed = [app.failure(name, err) for name, err in run.failed]
    answer = {
        "pages": run.pages,
        "documents": run.documents,
        "failed": failed,
        "not_verified": run.not_verified,
        "below_level": run.below_level,
        "seconds": run.seconds,
        "copies": [
            {**row, "problem": row["problem"].message(app.lang) if row["problem"] else None} for row in run.copies
        ],
        "index": {**run.index, "problem": run.index["problem"].message(app.lang) if run.index["problem"] else None},
    }
    app.emit(
        answer,
        lambda: print(app.text("processed", pages=run.pages, documents=run.documents, seconds=f"{run.seconds:.1f}")),
    )
    _say_what_is_left(app, run, failed)
    return ExitCode.SOME_FAILED if failed else ExitCode.DONE


def _say_what_is_left(app: App, run: Run, failed: list[dict[str, str]]) -> None:
    for item in failed:
        app.say("rejected", reason=item["reason"], remedy=item["remedy"])
    for row in run.copies:
        if err := row["problem"]:
            app.say("copy-not-in-step", copy=row["name"], reason=err.message(app.lang), remedy=app.advice(err))
    if err := run.index["problem"]:
        count, reason = run.index["waiting"], err.message(app.lang)
        app.say("index-waits", count=count, reason=reason, remedy=app.advice(err))
    for page in run.index["rejected"]:
        app.say("index-refused", **page)
    if run.not_verified:
        app.say("not-verified", count=len(run.not_verified))
    if run.below_level:
        first = run.below_level[0]
        app.say("below-level", count=len(run.below_level), level=first["level"], reason=first["reason"])


def _without_bar(bar: Progress, app: App, token: str) -> str:
    """A bar that draws itself anew would wipe the question away."""
    bar.stop()
    try:
        return app.ask_pin(token)
    finally:
        bar.start()


class _Bars:
    """One bar per stage, made when the stage first reports."""

    def __init__(self, app: App, bar: Progress) -> None:
        self._app, self._bar = app, bar
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(self._app.text(f"step-{stage}"), total=total)
        self._bar.update(self._tasks[stage], completed=done, total=total)

"""Commands about how long case files are kept, and about their destruction by a list that two persons made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.context import App, GivenPath, GivenText, Words
from commands.output import show_table
from core.config import plain
from core.errors import BadInputError, ExitCode

if TYPE_CHECKING:
    from jobs.destruction_lists import Progressed
    from jobs.retention import Standing

_YEARS = click.IntRange(1900, 9999)


@click.group()
def retention() -> None:
    """How long case files are kept; destruction by an approved list."""


def _year(given: int | None) -> int:
    from jobs.destruction_checks import this_year

    return given or this_year()


def _standings(app: App, year: int, ids: Sequence[str]) -> list[Standing]:
    from jobs.retention import standings

    with app.progress() as bar:
        task = bar.add_task(app.text("step-retention"), total=None)
        return standings(app.home, year, ids, lambda done, total: bar.update(task, completed=done, total=total))


def _show(app: App, rows: Sequence[Standing]) -> None:
    table = app.table("case-file", "state", "period", "end-year", "due", "rule", "heading")
    for row in rows:
        state = app.text(f"retention-{row.state}") + (f": {_why(app, row)}" if row.why else "")
        code = app.text(f"period-{row.code}") if row.code else "–"
        rule = f"{row.source} [{row.certainty}]" if row.source else app.text("rule-said") if row.code else "–"
        table.add_row(row.id, state, code, str(row.end or "–"), str(row.due or "–"), rule, row.title)
    show_table(table)


def _why(app: App, row: Standing) -> str:
    return app.text(f"retention-why-{row.why}") if row.state == "unknown" else row.why


@retention.command("status")
@click.argument("ids", nargs=-1, type=Words())
@click.option("--year", type=_YEARS, help="As it stands in the beginning of this year [the present one].")
@click.pass_obj
def status(app: App, ids: tuple[str, ...], year: int | None) -> None:
    """Period, rule and end of each case file."""
    from jobs.holds import holds
    from jobs.retention import counted

    year = _year(year)
    rows = _standings(app, year, ids)
    held = [plain(entry) for entry in holds(app.home).values()]
    answer = {
        "year": year,
        "counts": counted(rows),
        "case_files": [plain(row) for row in rows],
        "holds": held,
    }
    app.emit(answer, lambda: _show(app, rows))


@retention.command("due")
@click.option("--year", type=_YEARS, help="Due in the beginning of this year [the present one].")
@click.option("--csv", "file", type=GivenPath(), help="Write the table of what is due into this file.")
@click.pass_obj
def due(app: App, year: int | None, file: Path | None) -> None:
    """What is due for appraisal, and what cannot be computed and so is never due."""
    from core.files import write_atomic
    from jobs.destruction_lists import table

    year = _year(year)
    rows = _standings(app, year, ())
    chosen = [row for row in rows if row.state == "due"]
    unknown = [row for row in rows if row.state == "unknown"]
    if file is not None:
        write_atomic(file.absolute(), table(chosen))
    answer = {
        "year": year,
        "due": [plain(row) for row in chosen],
        "unknown": [plain(row) for row in unknown],
        "csv": str(file.absolute()) if file else None,
    }

    def show() -> None:
        _show(app, [*chosen, *unknown])
        print(app.text("retention-counts", due=len(chosen), unknown=len(unknown)))

    app.emit(answer, show)


def _hold(app: App, identifier: str, reason: str, by: str | None, on: bool) -> None:
    from jobs.holds import set_hold

    answer = set_hold(app.home, identifier, reason, by or app.user, on=on)
    app.emit(answer, lambda: print(app.text("hold-set" if on else "hold-released", id=answer["id"])))


@retention.command("hold")
@click.argument("identifier", metavar="ID", type=GivenText())
@click.option("--reason", required=True, type=GivenText(), help="Why, such as a suit that is pending.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def hold(app: App, identifier: str, reason: str, by: str | None) -> None:
    """Keep a case file, or all of a fonds, from destruction."""
    _hold(app, identifier, reason, by, True)


@retention.command("release")
@click.argument("identifier", metavar="ID", type=GivenText())
@click.option("--reason", required=True, type=GivenText(), help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def release(app: App, identifier: str, reason: str, by: str | None) -> None:
    """Take a hold away."""
    _hold(app, identifier, reason, by, False)


@retention.command("propose")
@click.argument("file", metavar="[LIST.csv]", required=False, type=GivenPath())
@click.option("--year", type=_YEARS, help="Due in the beginning of this year [the present one].")
@click.option("--by", type=GivenText(), help="Who proposes [the system user].")
@click.pass_obj
def propose(app: App, file: Path | None, year: int | None, by: str | None) -> int:
    """Make a list of what is to be destroyed: all that is due, or what a table names of it."""
    from jobs.destruction_lists import propose as make

    found, refused = make(app.home, _year(year), file, by or app.user)
    if found is None and not refused:
        raise BadInputError("jobs.list-empty")
    answer = {"list": found.plain() if found else None, "refused": refused}

    def show() -> None:
        if found is not None:
            _show_list(app, found)
        for entry in refused:
            print("  ! " + app.text("list-refused", id=entry["id"], why=entry["why"]))

    app.emit(answer, show)
    return (ExitCode.SOME_FAILED if found else ExitCode.BAD_INPUT) if refused else ExitCode.DONE


def _show_list(app: App, found: Progressed) -> None:
    state = app.text(f"list-{found.state}")
    print(app.text("list-line", number=found.made.number, state=state, items=len(found.made.items), who=found.made.by))
    _show(app, [item.standing for item in found.made.items])
    for place in found.places:
        print("  ! " + app.text("list-pending-place", place=place["place"], file=place["path"], why=place["why"]))


def _emit_list(app: App, make: Callable[[], Progressed]) -> Progressed:
    found = make()
    app.emit(found.plain(), lambda: _show_list(app, found))
    return found


@retention.command("lists")
@click.argument("number", metavar="[LIST]", required=False, type=Words())
@click.pass_obj
def lists(app: App, number: str | None) -> None:
    """All lists, or one of them: state, persons, and what is still to be destroyed by hand."""
    from jobs.destruction_lists import load, numbers

    found = [load(app.home, name) for name in ([number] if number else numbers(app.home))]

    def show() -> None:
        for entry in found:
            _show_list(app, entry)

    app.emit({"lists": [entry.plain() for entry in found]}, show)


@retention.command("approve")
@click.argument("number", metavar="LIST", type=GivenText())
@click.option("--reason", required=True, type=GivenText(), help="The decision that approves it.")
@click.option("--by", required=True, type=GivenText(), help="Who approves: not who proposed.")
@click.pass_obj
def approve(app: App, number: str, reason: str, by: str) -> None:
    """Approve a list that another person proposed."""
    from jobs.destruction_lists import approve as confirm

    _emit_list(app, lambda: confirm(app.home, number, by, reason))


@retention.command("withdraw")
@click.argument("number", metavar="LIST", type=GivenText())
@click.option("--reason", required=True, type=GivenText(), help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def withdraw(app: App, number: str, reason: str, by: str | None) -> None:
    """Take back a list of which nothing is destroyed yet."""
    from jobs.destruction_lists import withdraw as take_back

    _emit_list(app, lambda: take_back(app.home, number, by or app.user, reason))


@retention.command("destroy")
@click.argument("number", metavar="LIST", type=GivenText())
@click.option("--confirm", type=Words(), help="The list's number once more; without it nothing is done.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def destroy(app: App, number: str, confirm: str | None, by: str | None) -> int:
    """Destroy what an approved list names, in every copy that can be reached; for good."""
    from jobs.destruction import destroy as carry_out
    from jobs.destruction import rehearse

    if confirm is None:
        plan: dict[str, Any] = rehearse(app.home, number)

        def show() -> None:
            print(app.text("destroy-rehearsal", number=number, items=len(plan["case_files"])))
            for place in plan["places"]:
                print(f"  {place['place']} ({place['path']})")

        app.emit(plan, show)
        return ExitCode.DONE
    if confirm.strip() != number:
        raise click.BadParameter(app.text("confirm-number", number=number), param_hint="--confirm")
    found = _emit_list(app, lambda: carry_out(app.home, number, by or app.user))
    return ExitCode.SOME_FAILED if found.places else ExitCode.DONE


@retention.command("confirm")
@click.argument("number", metavar="LIST", type=GivenText())
@click.option("--place", required=True, type=GivenText(), help="The place, as the list names it.")
@click.option("--reason", required=True, type=GivenText(), help="How it was destroyed, by which record.")
@click.option("--by", type=GivenText(), help="Who says so [the system user].")
@click.pass_obj
def confirm_place(app: App, number: str, place: str, reason: str, by: str | None) -> None:
    """Say that what lay in a place that could not be reached was destroyed by hand."""
    from jobs.destruction import confirm

    _emit_list(app, lambda: confirm(app.home, number, place, by or app.user, reason))

"""Commands at the scanner: which devices there are, and feeding a stack."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from commands.answers import judged_page, remarks, show_remarks
from commands.batches import sheet_hint
from commands.context import App, GivenText, Words, call_words
from commands.output import show_table
from core.config import pairs
from core.errors import ExitCode

if TYPE_CHECKING:
    from scanner.run import ScanResult


@click.command()
@click.pass_obj
def devices(app: App) -> None:
    """The scanners that answer now."""
    from scanner.drivers import all_devices

    found = [asdict(device) for device in all_devices()]

    def show() -> None:
        if not found:
            print(app.text("no-devices"))
            return
        table = app.table("device", "vendor", "model", "kind", "driver")
        for device in found:
            table.add_row(*(device[key] for key in ("name", "vendor", "model", "kind", "driver")))
        show_table(table)

    app.emit({"devices": found}, show)


@click.command()
@click.option("--device", type=Words(), required=True, help="Name of the device; see “devices”.")
@click.option("--case-file", type=Words(), required=True, help="Case file, such as TAND-HN.HS.1987.00123.")
@click.option("--profile", type=GivenText(), help="Kind of paper; see “profiles list” [the home's].")
@click.option("--batch", type=Words(), help="Batch to go on with or to begin [a new one of the day].")
@click.option("--sheets", type=click.IntRange(min=1), help="Your count of the stack; scanning stops there.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.option("--duplex/--simplex", default=None, help="Both sides, or the front only [the profile's].")
@click.option("--dpi", type=click.IntRange(50, 2400), help="Resolution [the profile's].")
@click.option("--colour", type=click.Choice(["colour", "grey", "bitonal"]), help="Colour depth [the profile's].")
@click.option(
    "--backs",
    type=click.Choice(["reversed", "same"]),
    is_flag=False,
    flag_value="reversed",
    help="The stack of the last fronts turned over: last sheet first (reversed), or first sheet first (same).",
)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="An option of the device's own.")
@click.pass_obj
def scan(
    app: App,
    device: str,
    case_file: str,
    profile: str | None,
    batch: str | None,
    sheets: int | None,
    by: str | None,
    duplex: bool | None,
    dpi: int | None,
    colour: str | None,
    backs: str | None,
    settings: tuple[str, ...],
) -> int:
    """Feed a stack of paper into a batch."""
    from commands.desk import at_the_desk
    from jobs.scanning import scan as feed
    from scanner.backs.passes import BackOrder

    if backs is not None and (batch is None or duplex or sheets is not None):
        raise click.UsageError(app.text("backs-alone"))

    with at_the_desk(app) as watcher:
        name, result = feed(
            app.home,
            device,
            case_file,
            profile=profile or app.home.config.profile,
            batch=batch,
            sheets=sheets,
            who=by or app.user,
            settings=pairs(settings, "commands.not-a-setting"),
            changes=_changes(duplex, dpi, colour),
            watcher=watcher,
            backs=BackOrder(backs) if backs else None,
        )
    answer = {**_answer(app, name, case_file, result), "backs": backs}
    app.emit(answer, lambda: _show(app, answer))
    if result.stopped is None:
        return ExitCode.DONE
    app.say("rejected", reason=result.stopped.message(app.lang), remedy=app.advice(result.stopped))
    if name is not None:
        again = "feed-backs-again" if backs else "feed-again-covers" if result.covers else "feed-again"
        app.say(again, sheet=result.feed_from, command=_command_to_go_on(click.get_current_context(), name))
    return result.stopped.exit_code


@click.command()
@click.argument("name", type=Words())
@click.option("--order", type=click.Choice(["reversed", "same"]), help="Join them to the sheets in this order.")
@click.option("--remove", is_flag=True, help="Take them out, to feed them again.")
@click.option("--reason", type=GivenText(), required=True, help="Why.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def backs(app: App, name: str, order: str | None, remove: bool, reason: str, by: str | None) -> None:
    """Join the backs of a batch to its sheets in another order, or take them out."""
    from jobs.lineage import change_backs
    from scanner.acts import Act
    from scanner.backs.passes import BackOrder

    if (order is None) != remove:
        raise click.UsageError(app.text("order-or-remove"))
    state = change_backs(app.home, name, BackOrder(order) if order else None, Act(by or app.user, reason))
    problems = [problem.message(app.lang) for problem in state.problems()]
    answer = {"batch": state.batch, "state": state.state, "order": order, "problems": problems}

    def show() -> None:
        print(app.text("backs-removed" if remove else "backs-joined", batch=state.batch, order=order))
        for problem in problems:
            print(f"  ! {problem}")

    app.emit(answer, show)


def _command_to_go_on(ctx: click.Context, batch: str) -> str:
    """The call that goes on with a stack, ready to be pasted into a shell: as this one, for the same batch."""
    from scanner.drivers import name_to_go_on

    given = {**ctx.params, "device": name_to_go_on(ctx.params["device"]), "batch": batch, "sheets": None}
    home = ctx.find_root().params["home"]
    words = [*call_words(home), "scan"]
    for option in ctx.command.params:
        value = given.get(option.name or "")
        if isinstance(value, bool):
            words.append((option.opts if value else option.secondary_opts)[0])
        elif value is not None:
            words += [word for one in (value if option.multiple else [value]) for word in (option.opts[0], str(one))]
    return shlex.join(words)


def _changes(duplex: bool | None, dpi: int | None, colour: str | None) -> dict[str, object]:
    from scanner.options import Colour

    given = {"duplex": duplex, "dpi": dpi, "colour": Colour(colour) if colour else None}
    return {name: value for name, value in given.items() if value is not None}


def _answer(app: App, name: str | None, case_file: str, result: ScanResult) -> dict[str, Any]:
    stopped, numbers = result.stopped, result.state.folio_numbers()
    return {
        "batch": name,
        "case_file": case_file,
        "document": next(iter(result.documents), None),
        "documents": list(result.documents),
        "pages": [{**judged_page(app, page, result.state), "folio": numbers.get(page.id)} for page in result.pages],
        "held": result.held,
        "covers": result.covers,
        "expected": result.expected,
        "stopped": None if stopped is None else {
            "code": stopped.code,
            "message": stopped.message(app.lang),
            "remedy": app.advice(stopped),
        },
        "feed_again_from": None if stopped is None else result.feed_from,
        "compromises": [asdict(compromise) for compromise in result.compromises],
        "state": result.state.state,
        **remarks(app, result.state),
    }  # fmt: skip


def _show(app: App, answer: dict[str, Any]) -> None:
    if answer["batch"] is None:
        return
    state = app.text(f"state-{answer['state']}")
    print(app.text("scanned", batch=answer["batch"], held=answer["held"], pages=len(answer["pages"]), state=state))
    if answer["stopped"] is None:
        show_remarks(app, answer)
    if answer["state"] == "closed":
        print(sheet_hint(app, answer["batch"]))

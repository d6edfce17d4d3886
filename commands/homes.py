"""Commands about the home itself: make it, look at its tools, its profiles, its index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.context import App, GivenPath, GivenText
from commands.output import show_table
from core.errors import ExitCode

ORGANISATION = "Tòa án nhân dân (thử nghiệm)"


@click.command()
@click.option("--demo", is_flag=True, help="Also make a throw-away signing certificate and time-stamp authority.")
@click.option("--organisation", type=GivenText(), default=ORGANISATION, help="The body that keeps the archive.")
@click.option("--by", type=GivenText(), help="Who does it [the system user].")
@click.pass_obj
def init(app: App, demo: bool, organisation: str, by: str | None) -> None:
    """Make a home: config, catalogue, store, index."""
    from jobs.home import Home

    home = Home.create(app.home_path, organisation, by or app.user, demo=demo)
    result = {"home": str(home.root), "organisation": organisation, "demo": demo, "version": home.config.version}
    app.emit(result, lambda: print(app.text("home-made", home=home.root)))


@click.command()
@click.pass_obj
def doctor(app: App) -> int:
    """Every outside tool and service: found, version, good enough, how to install it."""
    from jobs.doctor import examine
    from jobs.profile import load_profile

    home = app.home_if_any
    options = load_profile(app.home.config.profile, home).ocr if home is not None else None
    tools = examine(options=options, index=app.home.index if home is not None else None)

    def show() -> None:
        table = app.table("tool", "version", "good", "remedy")
        for tool in tools:
            mark = app.text("yes" if tool["good"] else "no" if tool["needed"] else "optional")
            table.add_row(tool["name"], tool["version"] or "–", mark, "" if tool["good"] else tool["install"])
        show_table(table)

    good = all(tool["good"] or not tool["needed"] for tool in tools)
    app.emit({"ok": good, "tools": tools}, show)
    return 0 if good else 4


@click.group()
def profiles() -> None:
    """Presets, one per kind of paper."""


@profiles.command("list")
@click.pass_obj
def list_profiles(app: App) -> None:
    """All profiles with what they are for."""
    from jobs.profile import profile_files, read_profile

    rows = [
        {"name": name, "title": read_profile(path).title, "file": str(path)}
        for name, path in profile_files(app.home_if_any).items()
    ]

    def show() -> None:
        table = app.table("name", "title", "file")
        for row in rows:
            table.add_row(row["name"], row["title"], row["file"])
        show_table(table)

    app.emit({"profiles": rows}, show)


@profiles.command("show")
@click.argument("name")
@click.pass_obj
def show_profile(app: App, name: str) -> None:
    """One profile with every setting it leads to."""
    from core.config import plain
    from jobs.profile import load_profile

    settings: dict[str, Any] = plain(load_profile(name, app.home_if_any))

    def show() -> None:
        table = app.table("setting", "value")
        for key, value in settings.items():
            for inner, item in value.items() if isinstance(value, dict) else [("", value)]:
                table.add_row(f"{key}.{inner}".rstrip("."), str(item))
        show_table(table)

    app.emit({"name": name, **settings}, show)


@profiles.command("check")
@click.argument("files", nargs=-1, type=GivenPath())
@click.pass_obj
def check_profiles(app: App, files: tuple[Path, ...]) -> None:
    """Check profile files, all known ones when none is named."""
    from jobs.profile import profile_files, read_profile

    paths = list(files) or list(profile_files(app.home_if_any).values())
    for path in paths:
        read_profile(path)
    app.emit({"checked": [str(path) for path in paths]}, lambda: print(app.text("profiles-good", count=len(paths))))


@click.group()
def index() -> None:
    """The search index."""


@index.command("status")
@click.pass_obj
def index_status(app: App) -> ExitCode:
    """What the store holds, what the index holds, the difference."""
    from jobs.indexing import index_status as status

    found = status(app.home)
    problem = found["problem"]
    held = "–" if found["indexed_pages"] is None else found["indexed_pages"]
    numbers = {"stored": found["stored_pages"], "indexed": held, "waiting": len(found["waiting"])}
    app.emit(
        {**found, "problem": problem.message(app.lang) if problem else None},
        lambda: print(app.text("index-status", **numbers)),
    )
    if problem:
        app.say("rejected", reason=problem.message(app.lang), remedy=app.advice(problem))
    for page in found["rejected"]:
        app.say("index-refused", **page)
    return ExitCode.MISSING_TOOL if problem else ExitCode.DONE


@index.command("rebuild")
@click.pass_obj
def index_rebuild(app: App) -> None:
    """Make the index again from the store, beside the old one."""
    from jobs.indexing import rebuild_index

    with app.progress() as bar:
        task = bar.add_task(app.text("step-index"), total=None)
        result = rebuild_index(app.home, lambda done, total: bar.update(task, completed=done, total=total))
    app.emit(result, lambda: print(app.text("index-made", pages=result["indexed_pages"])))
    for page in result["rejected"]:
        app.say("index-refused", **page)


@click.command()
@click.pass_obj
def rebuild(app: App) -> None:
    """Make catalogue and index again from journals and store."""
    from jobs.rebuild import rebuild as rebuild_home

    with app.progress() as bar:
        task = bar.add_task(app.text("step-index"), total=None)
        _, result = rebuild_home(app.home, lambda done, total: bar.update(task, completed=done, total=total))
    app.emit(
        result,
        lambda: print(app.text("rebuilt", documents=result["documents"], pages=result["indexed_pages"])),
    )

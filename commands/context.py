"""What every command shares: the application context, lazy loading, and printing."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from commands.output import print_json, tolerant_of_closed_pipes
from core import messages
from core.errors import BadInputError, ButlucError
from core.model import Reader, owner
from core.text import legible

if TYPE_CHECKING:
    from jobs.home import Home

COMMANDS: dict[str, str] = {
    "audit": "commands.auditing:audit",
    "backup": "commands.backups:backup",
    "batch": "commands.batches:batch",
    "copies": "commands.copies:copies",
    "cover": "commands.covers:cover",
    "backs": "commands.scanning:backs",
    "describe": "commands.exporting:describe",
    "devices": "commands.scanning:devices",
    "document": "commands.pages:document_group",
    "doctor": "commands.homes:doctor",
    "export": "commands.exporting:export",
    "fields": "commands.reading:fields",
    "fixity": "commands.copies:fixity",
    "import": "commands.exporting:import_",
    "index": "commands.homes:index",
    "ingest": "commands.batches:ingest",
    "init": "commands.homes:init",
    "ocr": "commands.reading:ocr",
    "page": "commands.pages:page",
    "process": "commands.production:process",
    "profiles": "commands.homes:profiles",
    "rebuild": "commands.homes:rebuild",
    "rescan": "commands.pages:rescan",
    "retention": "commands.retention:retention",
    "restore": "commands.backups:restore",
    "scan": "commands.scanning:scan",
    "search": "commands.records:search",
    "show": "commands.records:show",
    "signatures": "commands.signatures:signatures",
    "verify": "commands.records:verify",
}
"""Command name → ``module:attribute``; imported only when the command is asked for, so that ``--help`` stays fast."""

CALL = re.compile(rf"\bbutluc (?=(?:-v )?(?:{'|'.join(COMMANDS)})\b)")
"""Where a text names a command of ours."""


def call_words(home: Path | str | None) -> list[str]:
    """How a command of this home begins; ``home`` is what was given, ``None`` where it is the usual one."""
    return ["butluc", *(["--home", str(home)] if home is not None else [])]


def for_home(text: str, home: Path | str | None) -> str:
    """``text`` with its ``butluc COMMAND`` as calls for that home, ready to be pasted into a shell."""
    return CALL.sub(lambda _: f"{shlex.join(call_words(home))} ", text)


class Advising(Protocol):
    """A failure, problem or finding that says what to do about it."""

    def remedy(self, lang: str) -> str:
        """One sentence."""


def _said(slug: str, ctx: click.Context | None) -> str:
    """A text in the language of the call, as far as that is known yet."""
    app = ctx.find_root().obj if ctx is not None else None
    return messages.text(f"commands.{slug}", "message", app.lang if isinstance(app, App) else "en")


class GivenPath(click.Path):
    """A path as it was typed. Whether it can be read is found out file by file, so that one costs no other."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; an empty one (a shell variable that is not set) is not taken for the present folder."""
        if not str(value):
            self.fail(_said("empty-path", ctx), param, ctx)
        return super().convert(value, param, ctx)


class Words(click.ParamType[str]):
    """Any text. Bytes that are no UTF-8, which chain and journal could not hold, are read in a legacy encoding."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text in NFC."""
        return legible(str(value))


class GivenText(Words):
    """A text that says something: an empty one (a shell variable that is not set) is no name."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text without space around it."""
        text = super().convert(value, param, ctx).strip()
        return text or self.fail(_said("empty-text", ctx), param, ctx)


@dataclass(frozen=True)
class App:
    """The options that stand before the command, and the doors to the home."""

    home_path: Path
    as_json: bool
    lang: str
    verbose: bool
    home_given: Path | None = None
    """As it was given; ``None`` where it is the usual one."""

    @cached_property
    def home(self) -> Home:
        """The opened home; a missing or newer one is an error with a remedy."""
        from jobs.home import Home

        return Home.open(self.home_path)

    @property
    def home_if_any(self) -> Path | None:
        """Where the home lies, for commands that do without one."""
        return self.home_path if (self.home_path / "butluc.toml").exists() else None

    @property
    def user(self) -> str:
        """The person at the keyboard, as the system knows them."""
        try:
            return legible(getpass.getuser())
        except (KeyError, OSError):
            return f"uid-{os.getuid()}"

    @property
    def reader(self) -> Reader:
        """The command line acts as the home's owner."""
        return owner(self.user)

    def text(self, slug: str, **params: object) -> str:
        """A text of ``commands/messages.json`` in the language of this call."""
        return for_home(messages.text(f"commands.{slug}", "message", self.lang, params), self.home_given)

    def advice(self, about: Advising) -> str:
        """What to do about it; the commands that it names are calls for this home."""
        return for_home(about.remedy(self.lang), self.home_given)

    def say(self, slug: str, **params: object) -> None:
        """One line of log on stderr."""
        print(self.text(slug, **params), file=sys.stderr)

    def emit(self, value: Any, show: Callable[[], None]) -> None:
        """The result: one JSON document, or what ``show`` prints for people."""
        with tolerant_of_closed_pipes():
            if self.as_json:
                print_json(value)
            else:
                show()

    def failure(self, name: str, err: ButlucError) -> dict[str, str]:
        """One entry of an answer's ``failed``."""
        return {"id": name, "code": err.code, "reason": err.message(self.lang), "remedy": self.advice(err)}

    def table(self, *columns: str) -> Table:
        """A plain table whose headings are texts of the catalogue."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(self.text(f"column-{column}"), overflow="fold")
        return table

    def ask_pin(self, token: str) -> str:
        """Ask the person at the terminal for the PIN of a token; it is not shown.

        Raises:
            BadInputError: there is no terminal.
        """
        if not sys.stdin.isatty():
            raise BadInputError("archive.pin-no-terminal", token=token)
        pin: str = click.prompt(self.text("ask-pin", token=token), hide_input=True, err=True)
        return pin

    def progress(self) -> Progress:
        """A bar on stderr, silent where there is no terminal."""
        console = Console(stderr=True)
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=False,
        )


class LazyGroup(click.Group):
    """Loads a command's module when the command is asked for; takes ``--json`` behind the command too."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--json" in args and "--" not in args[: args.index("--json")]:
            args.remove("--json")
            ctx.meta["butluc.json"] = True
        return super().parse_args(ctx, args)

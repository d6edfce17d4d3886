"""The command line: parse, call, print. Commands live in ``commands/``; here are the entry and the error boundary."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from commands.context import App, GivenPath, LazyGroup, for_home
from commands.output import forget_stdout, prepare_streams, print_json, tolerant_of_closed_pipes
from commands.usage import help_instead, usage_error
from core import __version__
from core.errors import ExitCode, foreseen
from core.files import disk_errors
from core.messages import language_of, text


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--home", type=GivenPath(), envvar="BUTLUC_HOME", help="Home folder [./butluc-home].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Language of messages; by the locale if not given.")
@click.option("-v", "--verbose", is_flag=True, help="Say more; show a traceback on failure.")
@click.version_option(__version__, prog_name="butluc")
@click.pass_context
def root(ctx: click.Context, home: Path | None, as_json: bool, lang: str | None, verbose: bool) -> None:
    """Bút Lục: paper case files into signed, searchable, provable archives."""
    ctx.obj = App(
        home_path=(home or Path("butluc-home")).absolute(),
        as_json=as_json or ctx.meta.get("butluc.json", False),
        lang=lang or _locale_language(),
        verbose=verbose,
        home_given=home,
    )


def _locale_language() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return language_of(value)
    return "en"


def main(argv: list[str] | None = None) -> None:
    """Run a command; expected failures become one sentence and an exit code, here and nowhere else."""
    args = list(sys.argv[1:] if argv is None else argv)
    options = _early(args)
    _end_as_by_ctrl_c()
    prepare_streams()
    try:
        with disk_errors(Path(options["home"])):
            code = _run(args)
    except click.exceptions.Exit as err:
        sys.exit(err.exit_code)
    except click.ClickException as err:
        message, remedy = usage_error(err, options["lang"])
        print(help_instead(err), file=sys.stderr, end="")
        _report(options, "usage", message, None, remedy)
        sys.exit(ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        _interrupted(options)
    except BrokenPipeError:
        forget_stdout()
        sys.exit(ExitCode.DONE)
    except Exception as cause:
        if _told:  # a library that was being loaded may have made an error of its own of the interruption
            _interrupted(options)
        failure = foreseen(cause, "core.unforeseen")
        remedy = for_home(failure.remedy(options["lang"]), options["given"] or None)
        _report(options, failure.code, failure.message(options["lang"]), failure.file, remedy)
        if options["verbose"]:
            traceback.print_exception(cause)
        sys.exit(failure.exit_code)
    sys.exit(code if isinstance(code, int) else ExitCode.DONE)


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_told: list[int] = []
"""Signals that asked this process to end."""


def _end_as_by_ctrl_c() -> None:
    """A service manager's request to end and a closed terminal are answered like Ctrl-C, unless they are ignored."""
    for number in _ENDING:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _tell)


def _tell(number: int, _frame: FrameType | None) -> None:
    _told.append(number)
    raise KeyboardInterrupt


def _interrupted(options: dict[str, str]) -> NoReturn:
    _deaf()
    message, remedy = (text("core.interrupted", part, options["lang"]) for part in ("message", "remedy"))
    _report(options, "core.interrupted", message, None, remedy)
    sys.exit(ExitCode.INTERRUPTED)


def _deaf() -> None:
    """Once told to end, nothing more of that kind is heard."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)


def _run(args: list[str]) -> object:
    """The exit code of the command called; all is printed when this returns.

    Not by ``root.main``, which gives a closed pipe an exit code of its own.
    """
    with root.make_context("butluc", args) as ctx:
        code = root.invoke(ctx)
        sys.stdout.flush()
        return code


def _early(args: list[str]) -> dict[str, str]:
    """What the error boundary must know even when the arguments cannot be parsed."""
    given = args[: args.index("--")] if "--" in args else args
    lang = _value(given, "--lang")
    home = _value(given, "--home") or os.environ.get("BUTLUC_HOME") or ""
    return {
        "given": home,
        "home": home or "butluc-home",
        "json": "1" if "--json" in given else "",
        "lang": lang if lang in ("vi", "en") else _locale_language(),
        "verbose": "1" if "-v" in given or "--verbose" in given else "",
    }


def _value(args: list[str], name: str) -> str | None:
    """What is given to an option, as ``--name VALUE`` or ``--name=VALUE``."""
    apart = (after for option, after in zip(args, args[1:], strict=False) if option == name)
    joined = (arg.partition("=")[2] for arg in args if arg.startswith(f"{name}="))
    return next(chain(apart, joined), None)


def _report(options: dict[str, str], code: str, message: str, file: str | None, remedy: str) -> None:
    if options["json"]:
        with tolerant_of_closed_pipes():
            print_json({"error": {"code": code, "message": message, "file": file, "remedy": remedy}})
    print(f"butluc: {message} {remedy}", file=sys.stderr)


if __name__ == "__main__":
    main()

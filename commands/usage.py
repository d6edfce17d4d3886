"""What the argument parser complains of, in the language of the call."""

from __future__ import annotations

import click
from click.exceptions import MissingParameter, NoArgsIsHelpError, NoSuchCommand, NoSuchOption

from core import messages


def usage_error(err: click.ClickException, lang: str) -> tuple[str, str]:
    """One sentence and its remedy."""
    slug, params = _complaint(err)
    ctx = err.ctx if isinstance(err, click.UsageError) else None
    command = ctx.command_path if ctx is not None else "butluc"
    remedy = messages.text("commands.usage-remedy", "message", lang, {"command": command})
    return messages.text(f"commands.{slug}", "message", lang, params), remedy


def help_instead(err: click.ClickException) -> str:
    """The help of a group that was called without any of its commands; empty for every other complaint."""
    ctx = _group_alone(err)
    return f"{ctx.get_help()}\n" if ctx is not None else ""


def _group_alone(err: click.ClickException) -> click.Context | None:
    if type(err) not in (click.UsageError, NoArgsIsHelpError) or not isinstance(err, click.UsageError):
        return None
    return err.ctx if err.ctx is not None and isinstance(err.ctx.command, click.Group) else None


def _complaint(err: click.ClickException) -> tuple[str, dict[str, str]]:
    if _group_alone(err) is not None:
        return "usage-no-command-given", {}
    if isinstance(err, NoSuchCommand):
        return "usage-no-such-command", {"name": err.command_name}
    if isinstance(err, NoSuchOption):
        return "usage-no-such-option", {"name": err.option_name}
    if isinstance(err, MissingParameter) and err.param is not None:
        return "usage-missing", {"name": _name(err.param)}
    if isinstance(err, click.BadParameter) and err.param is not None:
        return "usage-bad-value", {"name": _name(err.param), "why": err.message.rstrip(".")}
    return "usage-other", {"why": err.format_message().rstrip(".")}


def _name(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name

"""Errors a person can act on, and the exit codes of the command line.

::

    ButlucError
    ├── UsageError       2   the command was called wrongly
    ├── BadInputError    3   a file or value given cannot be used
    ├── MissingToolError 4   an outside tool, service or resource is not there or busy
    └── IntegrityError   5   proven damage to what is kept

Every error carries a code ``"<package>.<slug>"``; its text in both languages lives in ``<package>/messages.json``
(see :mod:`core.messages`).
"""

from __future__ import annotations

import errno
from enum import IntEnum
from pathlib import Path

from core import messages


class ExitCode(IntEnum):
    """Exit codes that scripts rely on."""

    DONE = 0
    SOME_FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    MISSING_TOOL = 4
    INTEGRITY = 5
    INTERRUPTED = 130


class ButlucError(Exception):
    """An expected failure: what happened, to which file, and what to do about it.

    Args:
        code: ``"<package>.<slug>"``, the key of the message text.
        file: the file or object concerned, shown to people and given in JSON.
        params: values for the placeholders of the message.
    """

    exit_code = ExitCode.SOME_FAILED

    def __init__(self, code: str, *, file: Path | str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.file = str(file) if file is not None else None
        self.params = {"file": self.file, **params}

    def message(self, lang: str = "en") -> str:
        """One sentence: what, and which file."""
        return messages.text(self.code, "message", lang, self.params)

    def remedy(self, lang: str = "en") -> str:
        """One sentence: what to do."""
        return messages.text(self.code, "remedy", lang, self.params)

    def __str__(self) -> str:
        return f"{self.message()} {self.remedy()}"

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way home from a worker process, keyword arguments included."""
        return _restore, (type(self), self.code, self.params)


class UsageError(ButlucError):
    """The command was called wrongly."""

    exit_code = ExitCode.USAGE


class BadInputError(ButlucError):
    """A file or value given cannot be used."""

    exit_code = ExitCode.BAD_INPUT


class MissingToolError(ButlucError):
    """An outside tool, service or resource is missing, too old or busy."""

    exit_code = ExitCode.MISSING_TOOL


class IntegrityError(ButlucError):
    """Proven damage to what is kept."""

    exit_code = ExitCode.INTEGRITY


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No room on the disk, in the quota, or for so large a file."""
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def system_error(err: OSError, file: Path | str | None) -> ButlucError | None:
    """Our words for a full disk or a forbidden folder; ``None`` where the caller knows better what happened."""
    if err.errno in _FULL:
        return MissingToolError("core.disk-full", file=file)
    if err.errno in _FORBIDDEN:
        return BadInputError("core.no-permission", file=err.filename or file)
    return None


def foreseen(err: Exception, code: str, file: Path | str | None = None) -> ButlucError:
    """``err`` as an expected failure: itself, the system's complaint in our words, else ``code`` with its reason."""
    if isinstance(err, ButlucError):
        return err
    known = system_error(err, file) if isinstance(err, OSError) else None
    found = known or ButlucError(code, file=file, why=" ".join(f"{type(err).__name__}: {err}".split())[:300])
    found.__cause__ = err
    return found


def _restore(kind: type[ButlucError], code: str, params: dict[str, object]) -> ButlucError:
    rest = {key: value for key, value in params.items() if key != "file"}
    file = params.get("file")
    return kind(code, file=str(file) if file is not None else None, **rest)

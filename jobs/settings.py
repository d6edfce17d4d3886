"""Settings files: ``butluc.toml`` and profiles."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from core.errors import BadInputError
from core.files import disk_errors


def read_toml(path: Path) -> dict[str, Any]:
    """What a settings file says; the byte order mark that some editors put before it is no part of it.

    Raises:
        BadInputError: it cannot be read, or is not TOML in UTF-8.
    """
    try:
        with disk_errors(path):
            return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise BadInputError("jobs.bad-toml", file=path, why=str(err)) from err
    except OSError as err:
        raise BadInputError("jobs.no-file", file=path) from err

"""Where the cluster is and how it is entered; loads no client."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import BadInputError

URL_VARIABLE = "BUTLUC_INDEX_URL"
KEY_VARIABLE = "BUTLUC_INDEX_API_KEY"
PASSWORD_VARIABLE = "BUTLUC_INDEX_PASSWORD"
"""Environment variables: the first stands for ``url``, the others go before the files of the settings."""

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Access:
    """An API key, or a user with password; never shown."""

    api_key: str | None = dataclasses.field(default=None, repr=False)
    user: str | None = None
    password: str | None = dataclasses.field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ElasticSettings:
    """The table ``[index]`` of ``butluc.toml``; without ``url`` the embedded index is used.

    ``ca`` is a file of certificates (PEM) to trust in place of the system's; the certificate is always checked. All
    names in the cluster begin with ``prefix``. The key lies in ``api_key_file``, or ``user`` has the password in
    ``password_file``; the environment may hold either instead. ``shards`` is the number of parts of a new index.
    """

    url: str | None = None
    prefix: str = "butluc"
    ca: Path | None = None
    api_key_file: Path | None = None
    user: str | None = None
    password_file: Path | None = None
    shards: int = 1

    def __post_init__(self) -> None:
        if self.url is not None:
            _check_url(self.url)
        if not _PREFIX.fullmatch(self.prefix):
            raise ValueError("prefix: small letters, digits, hyphen and underscore, at most 60, not a sign first")
        if not 1 <= self.shards <= 64:
            raise ValueError("shards: from 1 to 64")

    def within(self, root: Path, environ: Mapping[str, str] = os.environ) -> ElasticSettings:
        """These settings with paths absolute from ``root``, and the address of the environment if it names one.

        Raises:
            BadInputError: that address cannot be used.
        """
        paths = {name: getattr(self, name) for name in ("ca", "api_key_file", "password_file")}
        absolute = {name: root / path for name, path in paths.items() if path is not None}
        try:
            return dataclasses.replace(self, **absolute, url=environ.get(URL_VARIABLE) or self.url)
        except ValueError as err:
            raise BadInputError("core.config-bad-value", file=URL_VARIABLE, key="url", why=str(err)) from err

    def access(self, environ: Mapping[str, str] = os.environ) -> Access:
        """What the cluster is entered with.

        Raises:
            BadInputError: a file with a secret is missing, empty, or open to other users.
        """
        if key := environ.get(KEY_VARIABLE):
            return Access(api_key=key)
        password = environ.get(PASSWORD_VARIABLE)
        if self.user is not None and (password or self.password_file is not None):
            return Access(user=self.user, password=password or _secret(self.password_file))
        return Access(api_key=_secret(self.api_key_file)) if self.api_key_file is not None else Access()


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as err:
        raise ValueError("url: not an address") from err
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("url: https://HOST:PORT")
    if parts.username is not None or parts.password is not None:
        raise ValueError("url: no user or password in it; they belong into user and password_file")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("url: http only on this machine, https everywhere else")


def _secret(path: Path | None) -> str:
    assert path is not None
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as err:
        raise BadInputError("indexer.secret-unreadable", file=path) from err
    if mode & 0o077:
        raise BadInputError("indexer.secret-open", file=path)
    if not text:
        raise BadInputError("indexer.secret-unreadable", file=path)
    return text

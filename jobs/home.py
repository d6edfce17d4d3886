"""A home: the folder that holds everything, and the doors to its parts."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from archive.copies import Copy
from archive.demo_identity import demo_config, make_demo_identity
from archive.signing_config import SigningConfig
from archive.store import Store
from audit.chain import Chain
from core.config import fill, plain
from core.errors import IntegrityError, MissingToolError, UsageError
from core.events import Event, new_event
from core.files import disk_errors, locked, write_atomic
from indexer.elastic import open_elastic
from indexer.elastic.settings import ElasticSettings
from indexer.port import SearchIndex
from indexer.tantivy_index import TantivyIndex
from jobs.catalogue import Catalogue
from jobs.settings import read_toml

VERSION = 1
"""Version of the home's layout, in ``butluc.toml``; a higher one is refused."""

FOLDERS = ("journal", "store", "audit", "index", "cache", "run", "staging")
_COPY_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_BEGUN = ".init"
"""Lies in a folder that is becoming a home: what else is there comes from ``Home.create``. Also its lock."""

_TEMPLATE = """\
# The settings of this home. Everything else lies in the folders beside it.
version = {version}
# The body that keeps the archive; printed in the signature block and in the conversion mark.
organisation = {organisation}
# The profile used when none is named: see "butluc profiles list".
profile = "court-a4"
"""

_SIGNATURE = """
[signature]
# A THROW-AWAY certificate and time-stamp authority for trying things. Replace them before real use.
"""


@dataclass(frozen=True)
class CopySettings:
    """A second copy of the store: its storage root, absolute or from the home, and what it is called."""

    path: Path
    name: str

    def __post_init__(self) -> None:
        if not _COPY_NAME.fullmatch(self.name) or self.name in ("store", "all"):
            raise ValueError("name: letters, digits, hyphen and underscore, at most 40; not “store” or “all”")


@dataclass(frozen=True)
class HomeConfig:
    """``butluc.toml``."""

    version: int
    organisation: str
    profile: str = "court-a4"
    signature: SigningConfig | None = None
    """Without it, documents are archived unsigned and said to be so."""
    copies: tuple[CopySettings, ...] = ()
    index: ElasticSettings = ElasticSettings()

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError("version: from 1")
        if len({copy.name for copy in self.copies}) < len(self.copies):
            raise ValueError("copies: each needs a name of its own")


@dataclass(frozen=True)
class Home:
    """An opened home."""

    root: Path
    config: HomeConfig = field(compare=False)

    @staticmethod
    def create(root: Path, organisation: str, who: str, *, demo: bool) -> Home:
        """A new home in ``root``, an empty or missing folder; what a killed ``create`` left there is done anew.

        Raises:
            UsageError: there is a home already, or the folder holds other things.
            MissingToolError: another process is making it, or the disk is full.
            BadInputError: the folder cannot be written.
        """
        begun = root / _BEGUN
        with disk_errors(root):
            if (root / "butluc.toml").exists():
                begun.unlink(missing_ok=True)
                raise UsageError("jobs.home-exists", file=root)
            try:
                root.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError) as err:
                raise UsageError("jobs.home-no-folder", file=root) from err
            if any(root.iterdir()) and not begun.exists():
                raise UsageError("jobs.home-not-empty", file=root)
            with locked(begun, wait=False):
                if not (root / "butluc.toml").exists():  # else another process has just made it
                    _clear(root)
                    _fill(root, organisation, who, demo)
                begun.unlink(missing_ok=True)
        return Home.open(root)

    @staticmethod
    def open(root: Path) -> Home:
        """The home in ``root``.

        Raises:
            UsageError: there is none, or it was written by a newer version of the product.
            BadInputError: ``butluc.toml`` has a mistake.
        """
        path = root / "butluc.toml"
        if not path.is_file():
            raise UsageError("jobs.no-home", file=root)
        return Home(root, load_config(path))

    def path(self, *parts: str) -> Path:
        """A path within the home."""
        return self.root.joinpath(*parts)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue; a missing one is not taken for an empty one where batches were taken in.

        Raises:
            MissingToolError: it is missing or damaged and has to be made again.
            IntegrityError: there is no journal either.
        """
        self.demand("journal")
        file = self.path("catalogue.db")
        if not file.exists() and any(self.path("journal").iterdir()):
            raise MissingToolError("jobs.catalogue-missing", file=file)
        return Catalogue(file)

    @cached_property
    def store(self) -> Store:
        return Store(self.path("store"), self.path("staging"))

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The second copies that the settings name, whether their media are there or not."""
        archive = self.chain.genesis() if self.config.copies else ""
        return tuple(Copy(copy.name, self.root / copy.path, archive) for copy in self.config.copies)

    @cached_property
    def chain(self) -> Chain:
        self.demand("audit")
        return Chain(self.path("audit"))

    @cached_property
    def index(self) -> SearchIndex:
        """The embedded index, or the cluster that the settings or the environment name.

        Raises:
            MissingToolError: the cluster's client is not installed.
            BadInputError: its address, key or certificate cannot be used.
        """
        settings = self.config.index.within(self.root)
        return open_elastic(settings) if settings.url else TantivyIndex(self.path("index"))

    @property
    def signature(self) -> SigningConfig | None:
        """The signing configuration with its paths made absolute."""
        return self.config.signature.within(self.root) if self.config.signature else None

    def demand(self, *names: str) -> None:
        """Stop where a folder that cannot be made again is gone.

        Raises:
            IntegrityError: one of the folders is missing.
        """
        for name in names:
            if not self.path(name).is_dir():
                raise IntegrityError("jobs.part-missing", file=self.path(name))

    def batch_folder(self, name: str) -> Path:
        """Where the journal of a batch lies."""
        return self.path("journal", name)

    @contextmanager
    def lock(self, name: str, *, wait: bool = False) -> Iterator[None]:
        """Hold one of the home's locks, ``process``, ``intake`` or ``batch-NAME``."""
        with locked(self.lock_path(name), wait=wait):
            yield

    def lock_path(self, name: str) -> Path:
        """The file of one of the home's locks."""
        return self.path("run", f"{name}.lock")

    def record(self, *events: Event) -> None:
        """Put events that belong to no change of the catalogue into the outbox, and on into the chain."""
        with self.lock("chain", wait=True):
            with self.catalogue.transaction() as connection:
                for happened in events:
                    self.catalogue.outbox(connection).put(happened)
            self.carry_events()

    def flush_events(self) -> None:
        """Carry waiting events from the outbox into the chain."""
        with self.lock("chain", wait=True):
            self.carry_events()

    def carry_events(self) -> None:
        """As :meth:`flush_events`, for a caller who holds the lock ``chain``."""
        waiting = self.catalogue.waiting_events()
        self.chain.append(event for _, event in waiting)
        self.catalogue.forget_events([number for number, _ in waiting])


def _settings(organisation: str, demo: bool) -> str:
    """The text of a new ``butluc.toml``; JSON strings and lists are TOML ones too."""
    text = _TEMPLATE.format(version=VERSION, organisation=json.dumps(organisation, ensure_ascii=False))
    if not demo:
        return text
    config = demo_config(Path("keys"), organisation)
    usual = {entry.name: entry.default for entry in dataclasses.fields(config) if entry.name != "level"}
    table = {key: value for key, value in plain(config).items() if getattr(config, key) != usual.get(key)}
    rows = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in table.items()]
    return text + _SIGNATURE + "".join(rows)


def _clear(root: Path) -> None:
    """Take away what a killed ``Home.create`` made, beside the file that says so."""
    for name in (*FOLDERS, "keys"):
        shutil.rmtree(root / name, ignore_errors=True)
    for path in (*root.glob("catalogue.db*"), *root.glob(".butluc.toml.*.part")):
        path.unlink()


def _fill(root: Path, organisation: str, who: str, demo: bool) -> None:
    """Make the parts of a home, its settings last: with them it is one."""
    settings = _settings(organisation, demo)
    home = Home(root, _checked(tomllib.loads(settings), root / "butluc.toml"))
    for name in FOLDERS:
        home.path(name).mkdir()
    if demo:
        make_demo_identity(home.path("keys"), organisation)
    home.store.create()
    home.record(new_event("init", str(root.name), who, demo=demo))
    home.catalogue.close()
    write_atomic(root / "butluc.toml", settings.encode())


def load_config(path: Path) -> HomeConfig:
    """Read and check ``butluc.toml``.

    Raises:
        BadInputError: not TOML, or a key or value that does not fit.
        UsageError: written by a newer version of the product.
    """
    return _checked(read_toml(path), path)


def _checked(data: dict[str, Any], path: Path) -> HomeConfig:
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise UsageError("jobs.newer-home", file=path, version=version, known=VERSION)
    return fill(HomeConfig, data, file=path)

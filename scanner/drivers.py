"""The drivers there are, by the name that people and configuration use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from scanner.driver import Driver
from scanner.folder import FolderDriver

DRIVERS: Mapping[str, Callable[[], Driver]] = MappingProxyType({"folder": FolderDriver})

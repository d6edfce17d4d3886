"""Is a case file what was published? The seals tell, which the event chain keeps: digests of inventories.

Whoever changes content, inventory and sidecar so that they fit one another makes a sound OCFL object; it is no longer
the one that was sealed.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from archive import inventory as inventories
from archive.fixity import Damage, small, verify_object
from archive.inventory import INVENTORY
from archive.replication import Seals, number
from archive.store import Store

_VERSION = re.compile(r"v[1-9]\d{0,8}")


def verify_sealed(store: Store, case_file: str, seals: Seals, least: str) -> list[Damage]:
    """Damage of any kind in a case file of which the version ``least`` and those before it must be there.

    A version behind the last seal is ``unsealed``: nothing is known against it, and nothing for it.
    """
    found = verify_object(store, case_file)
    if any(damage.what == "no-object" for damage in found):
        return found
    told = {damage.where for damage in found}
    return found + [damage for damage in differences(store, case_file, seals, least) if damage.where not in told]


def differences(store: Store, case_file: str, seals: Seals, least: str) -> list[Damage]:
    """As :func:`verify_sealed`, of the inventories alone; a case file that is not there shows none."""
    place = store.place(case_file)
    folder = store.root / place
    found: list[Damage] = []
    if not folder.is_dir():
        return found
    held = [entry.name for entry in os.scandir(folder) if _VERSION.fullmatch(entry.name) and entry.is_dir()]
    for version in sorted(held, key=number):
        data = small(folder / version / INVENTORY)
        where = f"{place}/{version}/{INVENTORY}"
        if version not in seals:
            if _head(folder / version / INVENTORY) == version:
                found.append(Damage(case_file, "unsealed", where))
        elif data is not None and hashlib.sha512(data).hexdigest() != seals[version]:
            found.append(Damage(case_file, "changed", where, "not the inventory that was published"))
    head = _head(folder / INVENTORY)
    if head is not None and number(head) < number(least):
        found.append(Damage(case_file, "changed", f"{place}/{INVENTORY}", f"{head} in place of {least}"))
    return found


def _head(path: Path) -> str | None:
    """The head that an inventory names; ``None`` where it cannot be read, which is damage found elsewhere."""
    try:
        return inventories.load(path.read_bytes()).head
    except (OSError, ValueError):
        return None

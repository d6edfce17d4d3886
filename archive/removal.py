"""Take a case file out of a storage root for good, in one step that a crash cannot leave half done.

The object's folder is moved into the staging area by one rename; from then on the store does not have it, and what a
crash leaves in the staging area is thrown away by the next :func:`archive.publication.recover`. Bytes are unlinked, not
overwritten: what a medium needs so that they cannot be read again is the medium's matter.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from archive.publication import recover
from archive.store import Store
from core.files import disk_errors, fsync_dir


def remove(store: Store, case_file: str) -> bool:
    """Whether the case file was there; called again, it finishes what was broken off.

    Raises:
        BadInputError: the folder cannot be written.
    """
    place = store.root / store.place(case_file)
    with disk_errors(place), store.writing():
        recover(store.staging, store.root, store.step)
        was_there = place.exists()
        if was_there:
            gone = store.staging / uuid.uuid4().hex
            gone.mkdir()
            place.rename(gone / "object")
            fsync_dir(place.parent)
            store.step("object taken out")
            shutil.rmtree(gone)
            fsync_dir(store.staging)
            store.step("object deleted")
        _prune(place.parent, store.root)
    return was_there


def _prune(folder: Path, root: Path) -> None:
    """Take away the folders above that the object leaves empty."""
    while folder != root:
        if folder.is_dir():
            if any(folder.iterdir()):
                return
            folder.rmdir()
            fsync_dir(folder.parent)
        folder = folder.parent

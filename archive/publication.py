"""Publication of a version in one step that a crash cannot leave half done.

A version is built and flushed in a folder of the staging area, outside the store. Then its plan is written, and that
is the moment of decision: what has a plan is carried through by :func:`recover`, what has none is thrown away.

A new object enters the store by one rename of the topmost folder that the store lacks, so that no empty folder is ever
seen. A new version enters by the rename of its folder ``vN``, then of the root inventory, then of its sidecar. Each of
these steps finds out by itself whether it has been done.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from archive.inventory import INVENTORY, OBJECT_MARK, OBJECT_MARK_BYTES, SIDECAR, sidecar
from core.files import canonical_json, disk_errors, fsync_dir, fsync_tree, write_atomic

Step = Callable[[str], None]

_PLAN = "plan.json"
_TREE = "tree"
_VERSION = "version"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A staging folder for one version of the object that lies at ``place`` within the store."""

    folder: Path
    place: PurePosixPath
    version: str
    is_new: bool

    @property
    def object_folder(self) -> Path:
        """The folder of a new object within the staging area."""
        return self.folder / _TREE / self.place

    @property
    def version_folder(self) -> Path:
        """The folder ``vN`` within the staging area."""
        return self.object_folder / self.version if self.is_new else self.folder / _VERSION


def open_workspace(staging: Path, place: PurePosixPath, version: str, is_new: bool) -> Workspace:
    """A fresh, empty workspace.

    Raises:
        BadInputError: the staging area cannot be written.
        MissingToolError: the disk is full.
    """
    workspace = Workspace(staging / uuid.uuid4().hex, place, version, is_new)
    with disk_errors(staging):
        workspace.version_folder.mkdir(parents=True)
    return workspace


def publish(workspace: Workspace, root: Path, inventory: bytes, step: Step) -> None:
    """Bring the version, whose content lies in the workspace, into the store below ``root``.

    ``step`` is told the name of each step once it is done.
    """
    top = workspace.object_folder if workspace.is_new else workspace.folder
    with disk_errors(workspace.folder):
        for folder in (workspace.version_folder, top):
            (folder / INVENTORY).write_bytes(inventory)
            (folder / SIDECAR).write_bytes(sidecar(inventory))
        if workspace.is_new:
            (top / OBJECT_MARK).write_bytes(OBJECT_MARK_BYTES)
        fsync_tree(workspace.folder)
        fsync_dir(workspace.folder.parent)
        step("flushed")
        plan = {"place": str(workspace.place), "version": workspace.version, "new": workspace.is_new}
        write_atomic(workspace.folder / _PLAN, canonical_json(plan).encode())
        step("planned")
        _carry_out(workspace, root, step)
        _discard(workspace.folder, step)


def recover(staging: Path, root: Path, step: Step) -> list[str]:
    """Carry planned publications through and throw unplanned ones away; the places of those carried through."""
    done = []
    with disk_errors(staging):
        for folder in sorted(path for path in staging.iterdir() if path.is_dir()):
            if (folder / _PLAN).exists():
                plan = json.loads((folder / _PLAN).read_bytes())
                place = PurePosixPath(plan["place"])
                _carry_out(Workspace(folder, place, plan["version"], plan["new"]), root, step)
                done.append(str(place))
            _discard(folder, step)
    return done


def abandon(workspace: Workspace) -> None:
    """Throw away a workspace that was not published."""
    if not (workspace.folder / _PLAN).exists():
        shutil.rmtree(workspace.folder, ignore_errors=True)


def _carry_out(workspace: Workspace, root: Path, step: Step) -> None:
    if workspace.is_new:
        _move_object(workspace, root, step)
    else:
        _move_version(workspace, root / workspace.place, step)


def _move_object(workspace: Workspace, root: Path, step: Step) -> None:
    parts = workspace.place.parts
    for depth in range(1, len(parts) + 1):
        target = root.joinpath(*parts[:depth])
        if not target.exists():
            workspace.folder.joinpath(_TREE, *parts[:depth]).rename(target)
            break
    fsync_dir(target.parent)
    step("object moved")


def _move_version(workspace: Workspace, target: Path, step: Step) -> None:
    moves = (
        (workspace.version_folder, target / workspace.version),
        (workspace.folder / INVENTORY, target / INVENTORY),
        (workspace.folder / SIDECAR, target / SIDECAR),
    )
    for source, place in moves:
        if source.exists():
            source.rename(place)
            # Each rename must last before the next, or a power cut could keep them in another order.
            fsync_dir(target)
        step(f"{place.name} moved")


def _discard(folder: Path, step: Step) -> None:
    (folder / _PLAN).unlink(missing_ok=True)
    step("plan removed")
    shutil.rmtree(folder)
    fsync_dir(folder.parent)
    step("cleaned")

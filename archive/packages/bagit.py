"""BagIt 1.0 (RFC 8493): any files in a bag that other programs can check."""

from __future__ import annotations

from collections.abc import Mapping

from archive.packages.check import PackageFiles
from archive.packages.contents import Item
from archive.packages.explain import MANIFEST, README, manifest, read_manifest

MARK = "bagit.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
_PAYLOAD = "data/"


def bag(items: Mapping[str, Item], about: Mapping[str, str], text: bytes) -> dict[str, Item]:
    """The files of a bag with ``items`` as payload, ``about`` as its ``bag-info.txt`` and ``text`` as its README."""
    payload = {f"{_PAYLOAD}{path}": item for path, item in items.items()}
    size = sum(item.size for item in payload.values())
    info = {**about, "Payload-Oxum": f"{size}.{len(payload)}"}
    tags = {
        MARK: Item.of(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
        "bag-info.txt": Item.of("".join(f"{name}: {_one_line(value)}\n" for name, value in info.items()).encode()),
        README: Item.of(text),
        MANIFEST: Item.of(_encoded(payload)),
    }
    return {**payload, **tags, TAG_MANIFEST: Item.of(_encoded(tags))}


def bag_problems(files: PackageFiles) -> list[str]:
    """What is wrong with a bag; an empty list where every file is listed once and has its hash."""
    try:
        listed = {_decoded(path): sha256 for path, sha256 in read_manifest(files.read(MANIFEST)).items()}
        tags = {_decoded(path): sha256 for path, sha256 in read_manifest(files.read(TAG_MANIFEST)).items()}
    except (KeyError, ValueError) as err:
        return [f"{MANIFEST}: {err}"]
    present = set(files.paths())
    payload = {path for path in present if path.startswith(_PAYLOAD)}
    found = [f"{path}: not in {MANIFEST}" for path in sorted(payload - listed.keys())]
    unlisted = present - payload - tags.keys() - {TAG_MANIFEST}
    found += [f"{path}: not in {TAG_MANIFEST}" for path in sorted(unlisted)]
    for path, sha256 in sorted({**listed, **tags}.items()):
        if path not in present:
            found.append(f"{path}: missing")
        elif files.about(path)[0] != sha256:
            found.append(f"{path}: changed")
    return found


def _encoded(items: Mapping[str, Item]) -> bytes:
    """A manifest, with line ends and percent signs of names written as RFC 8493, 2.1.3, asks."""
    return manifest({_escape(path): item for path, item in items.items()})


def _escape(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _decoded(path: str) -> str:
    return path.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _one_line(value: str) -> str:
    return " ".join(value.split())

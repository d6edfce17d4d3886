"""A described case file and its packages of all kinds."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.line import call

CASE = "TAND-DA.DS.1987.00042"
KINDS = ("aip", "sip", "dip")
REQUEST = (
    *("--set", "requestID=YC-2026-15", "--set", "requestDate=24/11/2026", "--set", "purpose=01"),
    *("--set", "recipient=Nguyễn Thị Lan", "--set", "recipientId=001187012345", "--set", "validity=30 ngày"),
)
M = {"m": "http://www.loc.gov/METS/", "p": "http://www.loc.gov/premis/v3"}


@dataclass(frozen=True)
class Exported:
    """A home whose case file was described, and its packages of all kinds as ZIP files and unpacked."""

    home: Path
    zips: dict[str, Path]
    folders: dict[str, Path]
    answers: dict[str, dict[str, Any]]


def make_exported(finished: Path, work: Path) -> Exported:
    """All packages of a copy of the home ``finished``, in the folder ``work``."""
    home = Path(shutil.copytree(finished, work / "home"))
    described = call(home, "describe", CASE, "--set", "title=Tranh chấp ranh giới đất thổ cư", "--by", "Lê Thu")
    assert described.code == 0 and described.data["said"] == ["title"]
    zips, folders, answers = {}, {}, {}
    for form in (*KINDS, "bagit"):
        extra = REQUEST if form == "dip" else ()
        answer = call(home, "export", CASE, "--format", form, str(work / form), *extra)
        assert answer.code == 0, answer.stderr
        answers[form] = answer.data
        (entry,) = answer.data["exported"]
        zips[form] = Path(entry["path"])
        with zipfile.ZipFile(zips[form]) as archive:
            archive.extractall(work / "unpacked" / form)
        (folders[form],) = (work / "unpacked" / form).iterdir()
    return Exported(home, zips, folders, answers)

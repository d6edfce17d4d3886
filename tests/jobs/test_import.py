"""Packages in again: the same documents and events, or nothing and one sentence."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from archive.packages.check import check
from archive.packages.sources import ItemFiles
from archive.packages.xml import parse
from core.model import owner
from indexer.port import SearchRequest
from jobs.describing import describe
from jobs.home import Home
from jobs.importing import Origin, import_packages
from jobs.packaging import stored_package
from jobs.rebuild import rebuild
from jobs.records import show
from jobs.search import search
from support.line import call
from support.packages import CASE, Exported, M


def pdf_hashes(home: Path) -> dict[str, str]:
    store = Home.open(home).store
    return {path: file.sha256 for path, file in store.files(CASE).items() if path.startswith("documents/")}


def empty_home(root: Path) -> Home:
    return Home.create(root, "Tòa án nhân dân tỉnh Sông Bé", "Lê Thu", demo=False)


@pytest.mark.parametrize("form", ["bagit", "sip", "aip"])
def test_import_brings_back_the_same_documents_and_events(exported: Exported, form: str, tmp_path: Path) -> None:
    fresh = empty_home(tmp_path / "home")
    (entry,), failed = import_packages(fresh, [exported.zips[form]], Origin("Lê Thu"))
    assert entry["state"] == "whole" and failed == []
    held = fresh.store.files(CASE)
    assert pdf_hashes(fresh.root) == pdf_hashes(exported.home)
    before = Home.open(exported.home).store.files(CASE)["events.jsonl"].path.read_bytes()
    assert held["events.jsonl"].path.read_bytes().startswith(before)
    assert sum(path.startswith("masters/") for path in held) == (3 if form == "bagit" else 0)
    assert_creation_is_told(fresh.root, exported.answers["sip" if form == "sip" else "aip"]["exported"][0]["objid"])
    (hit,) = search(fresh, SearchRequest("tranh chấp"), owner("Lê Thu"))["hits"]
    assert Path(hit["image"]).is_file()
    page = show(fresh, f"{CASE}.0000001.p0001")
    assert Path(page["master"]).is_file() and page["reading"]["engine"]
    assert describe(fresh, CASE, {}, "Lê Thu")["fields"]["title"] == "Tranh chấp ranh giới đất thổ cư"
    assert fresh.catalogue.unpublished() == []
    (again,), _ = import_packages(fresh, [exported.zips[form]], Origin("Lê Thu"))
    assert again["state"] == "held" and fresh.store.head(CASE) == "v1"
    told = len(fresh.chain.uids())
    rebuilt, figures = rebuild(fresh)
    assert figures["documents"] == 2 and len(rebuilt.chain.uids()) == told


def assert_creation_is_told(home: Path, source: str) -> None:
    package = stored_package(Home.open(home).store.files(CASE))
    assert check(ItemFiles(package)) == []
    premis = parse(package["metadata/preservation/PREMIS.xml"].read())
    last = premis.findall("p:event", M)[-1]
    assert last.findtext("p:eventType", "", M) == "information package creation"
    roles = {
        link.findtext("p:linkingObjectRole", "", M): link.findtext("p:linkingObjectIdentifierValue", "", M)
        for link in last.findall("p:linkingObjectIdentifier", M)
    }
    objid = parse(package["METS.xml"].read()).get("OBJID")
    assert roles == {"source": source, "outcome": objid}


def flipped(folder: Path, name: str) -> None:
    path = folder / name
    data = path.read_bytes()
    path.write_bytes(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])


def without(folder: Path, name: str) -> None:
    (folder / name).unlink()


@pytest.mark.parametrize("spoil", [flipped, without])
@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("sip", f"representations/rep1/data/{CASE}.0000001.pdf"),
        ("sip", "documentation/butluc/documents/0000001/pages/p0001.alto.xml"),
        ("aip", "representations/rep1/METS.xml"),
        ("bagit", "bag-info.txt"),
    ],
)
def test_a_bad_package_is_refused_in_one_sentence_and_leaves_nothing(
    exported: Exported, form: str, name: str, spoil: Callable[[Path, str], None], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(exported.folders[form], tmp_path / exported.folders[form].name))
    spoil(folder, name)
    fresh = empty_home(tmp_path / "home")
    done, ((_, failure),) = import_packages(fresh, [folder], Origin("Lê Thu"))
    assert done == [] and failure.code == "jobs.import-bad" and "\n" not in failure.message("vi")
    assert list(fresh.store.objects()) == []
    assert [path.name for path in fresh.path("cache").rglob("import-*")] == []


def test_what_is_no_package_and_what_leads_out_is_refused(exported: Exported, tmp_path: Path) -> None:
    fresh = empty_home(tmp_path / "home").root
    (tmp_path / "chữ.zip").write_text("không phải gói", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "thoát.zip", "w") as archive:
        archive.writestr("../ngoài.txt", "x")
    given = (tmp_path / "chữ.zip", tmp_path / "thoát.zip", exported.zips["dip"], tmp_path / "khong-co.zip")
    answer = call(fresh, "import", *map(str, given))
    assert answer.code == 3
    assert [entry["code"] for entry in answer.data["failed"]] == [
        "archive.package-not-zip",
        "archive.package-unsafe",
        "jobs.import-dip",
        "archive.package-missing",
    ]
    assert not (fresh / "cache/ngoài.txt").exists() and not list(fresh.rglob("ngoài.txt"))


def test_a_package_made_elsewhere_keeps_its_descriptions_and_waits_for_the_line(
    exported: Exported, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(exported.folders["sip"], tmp_path / exported.folders["sip"].name))
    shutil.rmtree(folder / "documentation")
    mets = etree.fromstring((folder / "METS.xml").read_bytes())
    for file in mets.xpath("//m:file[m:FLocat[starts-with(@*[local-name()='href'], 'documentation/')]]", namespaces=M):
        file.getparent().remove(file)
    (folder / "METS.xml").write_bytes(etree.tostring(mets))
    fresh = empty_home(tmp_path / "home").root
    spoilt = Path(shutil.copytree(folder, tmp_path / "hỏng"))
    (spoilt / "metadata/descriptive/EAD.xml").write_text("<simpledc>", encoding="utf-8")
    _, ((_, failure),) = import_packages(Home.open(fresh), [spoilt], Origin("Lê Thu", "TAND-XX.DS.2001.00007"))
    assert failure.code == "jobs.import-bad" and list(Home.open(fresh).store.objects()) == []
    answer = call(fresh, "import", str(folder), "--case-file", "TAND-XX.DS.2001.00007")
    assert answer.code == 0, answer
    (entry,) = answer.data["imported"]
    assert entry["state"] == "waiting" and entry["documents"] == 2 and entry["rejected"] == []
    fields = describe(Home.open(fresh), "TAND-XX.DS.2001.00007", {}, "Lê Thu")["fields"]
    assert fields["title"] == "Tranh chấp ranh giới đất thổ cư" and fields["fileCode"] == "TAND-XX.DS.2001.00007"
    files = Home.open(fresh).store.files("TAND-XX.DS.2001.00007")
    assert files["incoming/METS.xml"].path.read_bytes() == (folder / "METS.xml").read_bytes()
    told = json.loads(files["casefile.json"].path.read_bytes())["document_descriptions"]
    assert {values["typeName"] for values in told.values() if "typeName" in values} == {"02", "20"}
    assert call(fresh, "verify").code == 0

"""Packages out of a real archive and in again; held against schemas, two validators and bagit-python."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bagit
import pytest
from lxml import etree

from archive.packages.build import build
from archive.packages.check import check
from archive.packages.choices import Kind, read_data
from archive.packages.sources import FolderFiles, ItemFiles
from archive.packages.xml import parse
from core.model import owner
from indexer.port import SearchRequest
from jobs.describing import describe
from jobs.home import Home
from jobs.importing import Origin, import_packages
from jobs.packaging import content_of, stored_items, stored_package
from jobs.rebuild import rebuild
from jobs.records import show
from jobs.search import search
from support.line import call
from support.validators import commons_ip, eark_validator

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


@pytest.fixture(scope="module")
def exported(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    work = tmp_path_factory.mktemp("exported")
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


@pytest.mark.parametrize("kind", KINDS)
def test_packages_are_whole_and_fit_their_schemas(exported: Exported, kind: str) -> None:
    folder = exported.folders[kind]
    assert check(FolderFiles(folder)) == []
    objid = parse((folder / "METS.xml").read_bytes()).get("OBJID")
    assert folder.name == str(objid).replace(":", "_")
    manifest = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "documentation/manifest-sha256.txt"], cwd=folder, check=False
    )
    assert manifest.returncode == 0


def expected(validator: str, kind: str, *, folder_name: bool) -> set[str]:
    return {
        rule
        for entry in read_data("deviations.toml")["deviation"]
        if entry["validator"] == validator and kind in entry["kinds"]
        for rule in entry["rules"]
        if folder_name or not entry.get("because_of_folder_name")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_eark_validator_finds_the_listed_deviations_and_no_other(exported: Exported, kind: str) -> None:
    found = {rule for rule, _ in eark_validator(exported.folders[kind], kind)}
    assert found == expected("eark-validator", kind, folder_name=True)


@pytest.mark.parametrize("kind", KINDS)
def test_commons_ip_finds_the_listed_deviations_and_no_other(exported: Exported, kind: str, tmp_path: Path) -> None:
    found = {rule for rule, _ in commons_ip(exported.zips[kind], tmp_path / "as-exported")}
    assert found == expected("commons-ip", kind, folder_name=True)


def test_deviations_that_follow_from_the_folders_name_vanish_with_it(exported: Exported, tmp_path: Path) -> None:
    target = tmp_path / "aip.zip"
    objid = exported.answers["aip"]["exported"][0]["objid"]
    with zipfile.ZipFile(exported.zips["aip"]) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            new.writestr(objid + "/" + entry.filename.partition("/")[2], old.read(entry))
    found = {rule for rule, _ in commons_ip(target, tmp_path / "renamed")}
    assert found == expected("commons-ip", "aip", folder_name=False)


def test_both_validators_see_a_broken_package(exported: Exported, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported.folders["sip"], tmp_path / "hỏng" / exported.folders["sip"].name))
    mets = folder / "METS.xml"
    mets.write_text(mets.read_text(encoding="utf-8").replace('LABEL="CSIP"', 'LABEL="KHAC"'), encoding="utf-8")
    seen = {rule for rule, _ in eark_validator(folder, "sip")}
    assert "CSIP82" in seen - expected("eark-validator", "sip", folder_name=True)
    archive = shutil.make_archive(str(tmp_path / folder.name), "zip", folder.parent)
    found = {rule for rule, _ in commons_ip(Path(archive), tmp_path / "report")}
    assert found - expected("commons-ip", "sip", folder_name=True)


def judged(premis: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Event type, tool and outcome of every event that names a validator and its version."""
    for event in premis.iterfind("p:event", M):
        for agent in event.iterfind("p:linkingAgentIdentifier", M):
            name, _, version = agent.findtext("p:linkingAgentIdentifierValue", "", M).partition(" ")
            if agent.findtext("p:linkingAgentRole", "", M) == "validator" and version[:1].isdigit():
                outcome = event.findtext("p:eventOutcomeInformation/p:eventOutcome", "", M)
                yield event.findtext("p:eventType", "", M), name, outcome


def test_the_stored_package_tells_what_happened_and_from_what(exported: Exported) -> None:
    home = Home.open(exported.home)
    held = home.store.files(CASE)
    package = stored_package(held)
    assert check(ItemFiles(package)) == []
    inner = parse(package["representations/rep1/metadata/preservation/PREMIS_rep1.xml"].read())
    types = [element.text for element in inner.iterfind(".//p:eventType", M)]
    assert {"transfer", "metadata extraction", "validation", "digital signature generation"} <= set(types)
    assert "digital signature validation" in types
    sources = {
        element.text
        for element in inner.iterfind(".//p:relationship//p:relatedObjectIdentifierValue", M)
        if str(element.text).startswith("masters/")
    }
    assert sources == {path for path in held if path.startswith("masters/")}
    keys = inner.findall(".//p:formatRegistryKey", M)
    assert [key.text for key in keys].count("fmt/478") == 2
    assert {(told, tool) for told, tool, outcome in judged(inner) if outcome == "passed"} == {
        ("validation", "veraPDF"),
        ("digital signature validation", "pyHanko"),
    }
    outer = parse(package["metadata/preservation/PREMIS.xml"].read())
    assert [element.text for element in outer.iterfind(".//p:eventType", M)] == [
        "information package creation",
        "metadata modification",
    ]
    assert "Lê Thu" in {element.text for element in outer.iterfind(".//p:agentName", M)}


def test_the_same_content_gives_the_same_bytes(exported: Exported) -> None:
    home = Home.open(exported.home)
    files, version = stored_items(home.store.files(CASE)), home.store.head(CASE) or ""
    for kind in (Kind.AIP, Kind.SIP):
        once, again = (build(content_of(files, version), kind) for _ in range(2))
        assert {path: item.sha256 for path, item in once.items()} == {path: item.sha256 for path, item in again.items()}
    stored = stored_package(home.store.files(CASE))
    again = build(content_of(files, version), Kind.AIP)
    assert {path: item.sha256 for path, item in stored.items()} == {path: item.sha256 for path, item in again.items()}


def test_every_changed_byte_of_a_package_is_found(exported: Exported, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported.folders["aip"], tmp_path / exported.folders["aip"].name))
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        old = path.read_bytes()
        place = len(old) // 2
        path.write_bytes(old[:place] + bytes([old[place] ^ 1]) + old[place + 1 :])
        found = check(FolderFiles(folder))
        # The METS at the top is the one file whose hash lies outside: in the manifest beside the package.
        assert found or path == folder / "METS.xml", path
        path.write_bytes(old)
    extra = folder / "representations/rep1/data/thêm.pdf"
    extra.write_bytes(b"%PDF")
    assert check(FolderFiles(folder)) != []


def test_the_manifest_beside_the_packages_covers_them(exported: Exported) -> None:
    for kind in (*KINDS, "bagit"):
        listed = exported.zips[kind].with_name("manifest-sha256.txt").read_text(encoding="utf-8").split()
        assert listed[0] == hashlib.sha256(exported.zips[kind].read_bytes()).hexdigest()
        assert exported.answers[kind]["exported"][0]["sha256"] == listed[0]


def test_a_text_editor_tells_what_a_package_is(exported: Exported) -> None:
    text = (exported.folders["aip"] / "documentation/README.txt").read_text(encoding="utf-8")
    for part in (CASE, "Tranh chấp ranh giới đất thổ cư", "Tòa án nhân dân", "metadata/preservation/", "12/05/1987"):
        assert part in text
    for pdf in (exported.folders["aip"] / "representations/rep1/data").iterdir():
        assert pdf.name in text and hashlib.sha256(pdf.read_bytes()).hexdigest() in text


def test_a_dip_carries_its_request_and_a_signed_certificate(exported: Exported) -> None:
    folder = exported.folders["dip"]
    request = etree.fromstring((folder / "metadata/descriptive/EAD.xml").read_bytes())
    assert request.findtext("requestID") == "YC-2026-15" and len(request) == 7
    certificate = folder / "documentation/certificate.pdf"
    text = subprocess.run(["pdftotext", certificate, "-"], capture_output=True, text=True, check=True).stdout
    for number in range(1, 12):
        assert f"{number}. " in text
    assert "Nguyễn Thị Lan, 001187012345" in text and "30 ngày" in text
    signed = subprocess.run(["pdfsig", certificate], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in signed and "Total document signed" in signed
    assert not (folder / "documentation/butluc").exists(), "our own record tells of desks and devices"


def test_a_dip_of_one_document_holds_no_other(exported: Exported, tmp_path: Path) -> None:
    answer = call(
        exported.home, "export", f"{CASE}.0000002", "--format", "dip", "--folder", str(tmp_path / "d"), *REQUEST
    )
    (entry,) = answer.data["exported"]
    data = Path(entry["path"]) / "representations/rep1/data"
    assert [path.name for path in data.iterdir()] == [f"{CASE}.0000002.pdf"]
    assert "tranh chấp ranh giới" not in (Path(entry["path"]) / "documentation/README.txt").read_text(encoding="utf-8")


def test_bagit_python_validates_the_bag(exported: Exported) -> None:
    bag = bagit.Bag(str(exported.folders["bagit"]))
    bag.validate()
    assert bag.info["External-Identifier"] == CASE
    masters = list((exported.folders["bagit"] / "data/masters").iterdir())
    assert len(masters) == 3


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


def test_damaged_content_is_not_exported(exported: Exported, tmp_path: Path) -> None:
    home = Path(shutil.copytree(exported.home, tmp_path / "home"))
    pdf = next((home / "store").rglob("*.pdf"))
    data = pdf.read_bytes()
    pdf.write_bytes(data[:100] + b"X" + data[101:])
    answer = call(home, "export", CASE, "--format", "sip", str(tmp_path / "ra"))
    assert answer.code == 5 and answer.data["exported"] == []
    assert answer.data["failed"][0]["code"] == "jobs.export-damaged"
    assert [path.name for path in (tmp_path / "ra").iterdir()] == ["manifest-sha256.txt"]


def test_verify_finds_a_package_that_contradicts_itself(exported: Exported, tmp_path: Path) -> None:
    home = Path(shutil.copytree(exported.home, tmp_path / "home"))
    Home.open(home).store.publish(
        CASE, {"aip/documentation/README.txt": b"khac"}, message="x", user="x", created="2026-11-24T00:00:00+00:00"
    )
    answer = call(home, "verify", CASE)
    assert answer.code == 5
    assert answer.data["broken"][0]["what"].startswith("package: documentation/README.txt: not the bytes")


@pytest.mark.parametrize(
    ("args", "code", "error"),
    [
        (("describe", CASE, "--set", "maintenance=99"), 3, "archive.package-field-value"),
        (("describe", CASE, "--set", "title"), 2, "jobs.bad-setting"),
        (("export", f"{CASE}.0000001", "--format", "aip", "ra"), 2, "jobs.export-whole"),
        (("export", CASE, "--format", "dip", "ra"), 3, "jobs.export-request"),
    ],
)
def test_wrong_use_gets_one_sentence(exported: Exported, args: tuple[str, ...], code: int, error: str) -> None:
    answer = call(exported.home, *args)
    assert (answer.code, answer.data["error"]["code"]) == (code, error)
    assert not Path("ra").exists()


def test_a_fonds_is_all_its_case_files(exported: Exported, tmp_path: Path) -> None:
    answer = call(exported.home, "export", "TAND-DA.DS", "--format", "pdf", str(tmp_path / "ra"))
    assert sorted(path.name for path in (tmp_path / "ra").iterdir()) == [
        f"{CASE}.0000001.pdf",
        f"{CASE}.0000002.pdf",
        "manifest-sha256.txt",
    ]
    assert answer.code == 0

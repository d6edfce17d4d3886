"""Packages out of a real archive, held against schemas, two validators and bagit-python."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bagit
import pytest
from lxml import etree

from archive.packages.build import build
from archive.packages.check import check
from archive.packages.choices import Kind, read_data
from archive.packages.sources import FolderFiles, ItemFiles
from archive.packages.xml import parse
from jobs.home import Home
from jobs.packaging import content_of, stored_items, stored_package
from support.line import call
from support.packages import CASE, KINDS, REQUEST, Exported, M
from support.validators import commons_ip, eark_validator


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

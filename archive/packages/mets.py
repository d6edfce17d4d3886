"""METS of a package and of its representation (E-ARK CSIP with the circular's labels)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from archive.packages.choices import Kind, choices
from archive.packages.contents import Item, PackageContent, PackagedDocument, local_time
from archive.packages.xml import CSIP, METS, SIP, XLINK, XSI, parse, to_bytes

_NAMESPACES = {None: METS, "csip": CSIP, "sip": SIP, "xlink": XLINK, "xsi": XSI}


@dataclass(frozen=True)
class _Writer:
    """Writes one METS file; paths are relative to its folder, which is ``base`` within the package."""

    content: PackageContent
    kind: Kind
    base: str

    def identifier(self, *path: str, prefix: str = "uuid") -> str:
        """An ``ID`` that no other element of the package has."""
        return f"{prefix}-{self.content.identifier(self.kind, self.base, *path)}"

    def root(self, objid: str, schemas: str) -> etree._Element:
        """The root element with its header."""
        words, mets = choices().of(self.kind), choices().mets
        root = etree.Element(f"{{{METS}}}mets", nsmap=_NAMESPACES)  # type: ignore[arg-type]
        root.set("OBJID", objid)
        root.set("LABEL", self.content.fields.get("title") or self.content.case_file)
        root.set("TYPE", words.type)
        root.set("PROFILE", words.profile)
        root.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", mets.content_type)
        places = (
            (METS, "METS.xsd"),
            (XLINK, "xlink.xsd"),
            (CSIP, "DILCISExtensionMETS.xsd"),
            (SIP, "DILCISExtensionSIPMETS.xsd"),
        )
        root.set(f"{{{XSI}}}schemaLocation", " ".join(f"{space} {schemas}/{name}" for space, name in places))
        self._header(root)
        return root

    def _header(self, root: etree._Element) -> None:
        at = local_time(self.content.created)
        head = _add(root, "metsHdr", CREATEDATE=at, LASTMODDATE=at, RECORDSTATUS=_status(self.content))
        head.set(f"{{{CSIP}}}OAISPACKAGETYPE", self.kind.value.upper())
        self._agent(head, "CREATOR", "OTHER", self.content.software.partition(" ")[0], "SOFTWARE VERSION",
                    self.content.software.partition(" ")[2], other="SOFTWARE")  # fmt: skip
        self._agent(head, "ARCHIVIST" if self.kind is not Kind.SIP else "CREATOR", "ORGANIZATION",
                    self.content.organisation, "IDENTIFICATIONCODE", self.content.fonds)  # fmt: skip
        if self.kind is Kind.SIP:
            agreement = self.content.fields.get("fileCode") or self.content.case_file
            _add(head, "altRecordID", TYPE="SUBMISSIONAGREEMENT").text = agreement

    def _agent(
        self, head: etree._Element, role: str, kind: str, name: str, note_type: str, note: str, other: str = ""
    ) -> None:
        agent = _add(head, "agent", ROLE=role, TYPE=kind, **({"OTHERTYPE": other} if other else {}))
        _add(agent, "name").text = name
        entry = _add(agent, "note")
        entry.text = note
        entry.set(f"{{{CSIP}}}NOTETYPE", note_type)

    def describe(self, root: etree._Element, path: str, item: Item) -> str:
        """A section that points to descriptive metadata; its ID."""
        mets = choices().mets
        section = _add(root, "dmdSec", ID=self.identifier("dmd", path), STATUS="CURRENT")
        section.set("CREATED", local_time(self.content.created))
        versions = {"MDTYPE": mets.descriptive_type, "MDTYPEVERSION": mets.descriptive_version}
        self._reference(section, path, item, versions)
        return self.identifier("dmd", path)

    def preserve(self, root: etree._Element, path: str, item: Item | None) -> list[str]:
        """The administrative section with the preservation metadata, if the package has any; IDs to point to."""
        administrative = _add(root, "amdSec", ID=self.identifier("amd"))
        if item is None:
            return []
        section = _add(administrative, "digiprovMD", ID=self.identifier("digiprov"), STATUS="CURRENT")
        section.set("CREATED", local_time(self.content.created))
        self._reference(section, path, item, {"MDTYPE": "PREMIS", "MDTYPEVERSION": "3.0"})
        return [self.identifier("digiprov")]

    def _reference(self, section: etree._Element, path: str, item: Item, types: Mapping[str, str]) -> None:
        reference = _add(section, "mdRef", LOCTYPE="URL", **types, **self._about(path, item))
        _link(reference, path)

    def group(self, sections: etree._Element, use: str, items: Mapping[str, Item]) -> etree._Element:
        """A group of files; hashes stand in upper case, as in the circular's sample."""
        group = _add(sections, "fileGrp", ID=self.identifier("group", use), USE=use)
        for path, item in items.items():
            file = _add(group, "file", ID=self.identifier("file", path, prefix="ID"), **self._about(path, item))
            _link(_add(file, "FLocat", LOCTYPE="URL"), path)
        return group

    def _about(self, path: str, item: Item) -> dict[str, str]:
        return {
            "MIMETYPE": choices().format(path).mime,
            "SIZE": str(item.size),
            "CREATED": local_time(self.content.created),
            "CHECKSUM": item.sha256.upper(),
            "CHECKSUMTYPE": choices().mets.checksum,
        }

    def structure(self, root: etree._Element, label: str) -> etree._Element:
        """The structural map with its one top division."""
        mets = choices().mets
        places = _add(root, "structMap", ID=self.identifier("map"))
        places.set("TYPE", mets.structure_type)
        places.set("LABEL", mets.structure_label)
        return _add(places, "div", ID=self.identifier("div"), LABEL=label)

    def division(self, top: etree._Element, label: str, group: etree._Element | None = None) -> etree._Element:
        """A division, pointing to a group of files."""
        division = _add(top, "div", ID=self.identifier("div", label), LABEL=label)
        if group is not None:
            _add(division, "fptr", FILEID=str(group.attrib["ID"]))
        return division


def package_mets(content: PackageContent, kind: Kind, items: Mapping[str, Item]) -> bytes:
    """The METS at the top: ``items`` are the package's other files by path.

    The files of the representation are those of its own METS; here stands that one.
    """
    names = choices().names
    writer = _Writer(content, kind, "")
    root = writer.root(content.objid(kind), names.schemas)
    described = writer.describe(root, names.ead, items[names.ead])
    preserved = writer.preserve(root, names.premis, items.get(names.premis))
    sections = _add(root, "fileSec", ID=writer.identifier("files"))
    inner = f"{names.rep_folder}/{names.mets}"
    groups = {
        "Schemas": writer.group(sections, "Schemas", _below(items, names.schemas)),
        f"Representations/{names.representation}": _with_type(
            writer.group(sections, f"Representations/{names.representation}", {inner: items[inner]})
        ),
        "Documentation": writer.group(sections, "Documentation", _below(items, names.documentation)),
    }
    top = writer.structure(root, content.objid(kind))
    _point(writer.division(top, "Metadata"), [described], preserved)
    for label, group in groups.items():
        division = writer.division(top, label, group if "/" not in label else None)
        if "/" in label:
            pointer = _add(division, "mptr", LOCTYPE="URL")
            _link(pointer, inner)
            pointer.set(f"{{{XLINK}}}title", group.attrib["ID"])
    return to_bytes(root)


def representation_mets(
    content: PackageContent, kind: Kind, items: Mapping[str, Item], documents: Iterable[tuple[PackagedDocument, str]]
) -> bytes:
    """The METS of the representation: ``items`` are its files by path below its folder, ``documents`` each document
    with the path of its description."""
    names, words = choices().names, choices().mets
    writer = _Writer(content, kind, names.rep_folder)
    root = writer.root(names.representation, f"../../{names.schemas}")
    described = {document.file_name: writer.describe(root, path, items[path]) for document, path in documents}
    premis = items.get(names.premis_representation)
    preserved = writer.preserve(root, names.premis_representation, premis)
    sections = _add(root, "fileSec", ID=writer.identifier("files"))
    data = writer.group(sections, "Data", _below(items, "data"))
    top = writer.structure(root, names.representation)
    _point(writer.division(top, "Metadata"), list(described.values()), preserved)
    writer.division(top, "Data", data)
    for name, section in described.items():
        division = _add(top, "div", ID=writer.identifier("link", name), LABEL=words.link_label, DMDID=section)
        _add(division, "fptr", FILEID=writer.identifier("file", f"data/{name}", prefix="ID"))
    return to_bytes(root)


def described_files(mets: bytes) -> dict[str, str]:
    """Of the METS of a representation: path of a file → path of its description, as far as divisions join the two.

    Raises:
        ValueError: not XML.
    """
    root, space = parse(mets), {"m": METS}
    files = {file.get("ID"): _first_link(file) for file in root.iterfind(".//m:file", space)}
    sections = {section.get("ID"): _first_link(section) for section in root.iterfind("m:dmdSec", space)}
    found = {}
    for division in root.iterfind(".//m:div[@DMDID]", space):
        for pointer in division.iterfind("m:fptr", space):
            file, section = files.get(pointer.get("FILEID")), sections.get(division.get("DMDID"))
            if file and section:
                found[file] = section
    return found


def _first_link(element: etree._Element) -> str | None:
    return next((part.get(f"{{{XLINK}}}href") for part in element), None)


def _status(content: PackageContent) -> str:
    return "NEW" if content.version in ("v1", "") else "REPLACEMENT"


def _with_type(group: etree._Element) -> etree._Element:
    group.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", choices().mets.content_type)
    return group


def _point(division: etree._Element, described: list[str], preserved: list[str]) -> None:
    if described:
        division.set("DMDID", " ".join(described))
    if preserved:
        division.set("ADMID", " ".join(preserved))


def _below(items: Mapping[str, Item], folder: str) -> dict[str, Item]:
    return {path: items[path] for path in sorted(items) if path.startswith(f"{folder}/")}


def _link(element: etree._Element, path: str) -> None:
    element.set(f"{{{XLINK}}}type", "simple")
    element.set(f"{{{XLINK}}}href", path)


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{METS}}}{tag}", attributes)

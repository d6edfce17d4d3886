"""PREMIS 3: what the files of a package are, what they were made from, and what happened to them.

Written element by element, so that a case file of thousands of pages takes no more memory than its own XML.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from archive.packages.choices import Kind, choices
from archive.packages.contents import Master, PackageContent, PackagedDocument, local_time
from archive.packages.xml import PREMIS, XSI
from archive.xmp import xml_text
from core.events import Event

_OWN = "urn:butluc:signature"
_VOCABULARY = "http://id.loc.gov/vocabulary/preservation/eventType"


@dataclass
class _Agents:
    """People, bodies and programs that events name; each is told once, at the end."""

    known: dict[str, str] = field(default_factory=dict)

    def named(self, name: str, kind: str) -> str:
        """The agent's identifier."""
        self.known.setdefault(name, kind)
        return name


def package_premis(content: PackageContent, kind: Kind) -> bytes:
    """PREMIS of the package: the case file as an intellectual entity, its representation, and its own events."""
    agents = _Agents()
    own = {document.id for document in content.documents}
    events = [event for event in content.events if event.object not in own]
    return _file(
        _package_objects(content, kind),
        (_event(event, agents, content, kind) for event in events),
        agents,
    )


def representation_premis(content: PackageContent, kind: Kind) -> bytes:
    """PREMIS of the representation: its PDFs, the masters that they were made from, and the documents' events."""
    agents = _Agents()
    own = {document.id for document in content.documents}
    told = (event for event in content.events if event.object in own)
    return _file(
        _file_objects(content, kind),
        (
            *(_conversion(document, agents) for document in content.documents if document.converted),
            *(_event(event, agents, content, kind) for event in told),
        ),
        agents,
    )


def _file(objects: Iterable[etree._Element], events: Iterable[etree._Element], agents: _Agents) -> bytes:
    spaces = f'xmlns="{PREMIS}" xmlns:xsi="{XSI}"'
    out = io.BytesIO()
    out.write(f"<?xml version='1.0' encoding='UTF-8'?>\n<premis {spaces} version=\"3.0\">\n".encode())
    for parts in (objects, events, _agents(agents)):
        for element in parts:
            etree.indent(element, " ")
            # The root declares the namespaces once for all; each element brings its own declaration along.
            out.write(etree.tostring(element, encoding="UTF-8").replace(f" {spaces}".encode(), b"", 1) + b"\n")
    out.write(b"</premis>\n")
    return out.getvalue()


def _package_objects(content: PackageContent, kind: Kind) -> Iterator[etree._Element]:
    whole = _object("intellectualEntity", "File", content.case_file)
    _identifier(whole, "object", "UUID", content.objid(kind))
    _text(whole, "originalName", content.fields.get("title") or content.case_file)
    yield whole
    held = _object("representation", "Representation", f"{content.objid(kind)}/{choices().names.representation}")
    relationship = _relationship(held, "structural", "is part of")
    _identifier(relationship, "relatedObject", "File", content.case_file)
    for document in content.documents:
        relationship = _relationship(held, "structural", "has part")
        _identifier(relationship, "relatedObject", "Doc", document.id)
    yield held


def _file_objects(content: PackageContent, kind: Kind) -> Iterator[etree._Element]:
    held = _object("representation", "Representation", f"{content.objid(kind)}/{choices().names.representation}")
    _identifier(_relationship(held, "structural", "is part of"), "relatedObject", "File", content.case_file)
    yield held
    for document in content.documents:
        yield _pdf(document)
    seen: set[str] = set()
    for document in content.documents:
        for master in document.masters:
            if master.path not in seen:
                seen.add(master.path)
                yield _master(master)


def _pdf(document: PackagedDocument) -> etree._Element:
    pdf = _object("file", "Doc", document.id)
    path = f"data/{document.file_name}"
    _characteristics(pdf, path, document.pdf.sha256, document.pdf.size, document.flavour, document.software)
    _text(pdf, "originalName", document.file_name)
    if document.signature:
        note = _add(_add(pdf, "signatureInformation"), "signatureInformationExtension")
        signature = etree.SubElement(note, f"{{{_OWN}}}signature", nsmap={"bl": _OWN})
        for name, value in document.signature.items():
            etree.SubElement(signature, f"{{{_OWN}}}{name}").text = xml_text(value)
    if document.masters:
        relationship = _relationship(pdf, "derivation", "has source")
        for place, master in enumerate(dict.fromkeys(document.masters), 1):
            related = _identifier(relationship, "relatedObject", "Pic", master.path)
            _text(related, "relatedObjectSequence", str(place))
    return pdf


def _master(master: Master) -> etree._Element:
    """A master is named by path and hash; it lies beside the package in the case file's object, not within it."""
    found = _object("file", "Pic", master.path)
    _characteristics(found, master.path, master.sha256, None, None, "")
    return found


def _characteristics(
    parent: etree._Element, path: str, sha256: str, size: int | None, flavour: str | None, software: str
) -> None:
    found, known = _add(parent, "objectCharacteristics"), choices().format(path, flavour)
    fixity = _add(found, "fixity")
    _text(fixity, "messageDigestAlgorithm", choices().mets.checksum)
    _text(fixity, "messageDigest", sha256)
    if size is not None:
        _text(found, "size", str(size))
    form = _add(found, "format")
    _text(_add(form, "formatDesignation"), "formatName", known.name)
    if known.registry:
        registry = _add(form, "formatRegistry")
        _text(registry, "formatRegistryName", "PRONOM")
        _text(registry, "formatRegistryKey", known.registry)
    if software:
        name, _, version = software.partition(" ")
        application = _add(found, "creatingApplication")
        _text(application, "creatingApplicationName", name)
        _text(application, "creatingApplicationVersion", version)


def _conversion(document: PackagedDocument, agents: _Agents) -> etree._Element:
    """Paper became a record: by whom, for which body and when, as the document's conversion mark says."""
    event = _happened(f"{document.id}/convert", choices().events["convert"], document.converted["at"])
    detail = f"paper converted to an electronic record; {len(document.masters)} master images"
    _text(_add(event, "eventDetailInformation"), "eventDetail", detail)
    _agent(event, agents.named(document.converted["by"], "person"), "implementer")
    _agent(event, agents.named(document.converted["body"], "organization"), "authorizer")
    for master in dict.fromkeys(document.masters):
        _linked(event, "Pic", master.path, "source")
    _linked(event, "Doc", document.id, "outcome")
    return event


def _event(told: Event, agents: _Agents, content: PackageContent, kind: Kind) -> etree._Element:
    event = _happened(told.uid, _event_type(told), told.at)
    _text(_add(event, "eventDetailInformation"), "eventDetail", _detail(told))
    state = told.details.get("state")
    if state:
        _text(_add(event, "eventOutcomeInformation"), "eventOutcome", str(state))
    _agent(event, agents.named(told.who, "person"), "implementer")
    _agent(event, agents.named(told.software, "software"), "executing program")
    for name in _tools(told.details):
        role = "validator" if told.act == "check" else "executing program"
        _agent(event, agents.named(name, "software"), role)
    source = told.details.get("source")
    if source:
        _linked(event, "UUID", str(source), "source")
    if told.object == content.case_file:
        _linked(event, "UUID", content.objid(kind), "outcome")
    else:
        _linked(event, "Doc", told.object, "outcome" if told.act == "sign" else None)
    return event


def _event_type(told: Event) -> str:
    words = choices().events
    act = "signature" if told.act == "check" and told.details.get("check") == "signature" else told.act
    return words.get(act, told.act)


def _detail(told: Event) -> str:
    shown = {name: value for name, value in told.details.items() if name not in ("state", "tool", "engines", "source")}
    parts = [told.act, *(f"{name}={_shown(value)}" for name, value in sorted(shown.items()))]
    if told.after:
        parts.append(f"sha256={told.after}")
    return "; ".join(parts) + (f": {told.reason}" if told.reason else "")


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _tools(details: Mapping[str, object]) -> list[str]:
    engines = details.get("engines")
    found = [str(details["tool"])] if details.get("tool") else []
    return found + ([str(engine) for engine in engines] if isinstance(engines, list | tuple) else [])


def _agents(agents: _Agents) -> Iterator[etree._Element]:
    for name, kind in sorted(agents.known.items()):
        agent = _add(None, "agent")
        _identifier(agent, "agent", "local", name)
        program, _, version = name.rpartition(" ") if kind == "software" else (name, "", "")
        _text(agent, "agentName", program or name)
        _text(agent, "agentType", kind)
        if version and program:
            _text(agent, "agentVersion", version)
        yield agent


def _happened(uid: str, kind: str, at: str) -> etree._Element:
    event = _add(None, "event")
    _identifier(event, "event", "local", uid)
    _text(event, "eventType", kind).set("authority", "eventType")
    event[-1].set("authorityURI", _VOCABULARY)
    _text(event, "eventDateTime", local_time(at))
    return event


def _object(kind: str, identifier_type: str, value: str) -> etree._Element:
    found = _add(None, "object")
    found.set(f"{{{XSI}}}type", kind)
    _identifier(found, "object", identifier_type, value)
    return found


def _identifier(parent: etree._Element, what: str, kind: str, value: str) -> etree._Element:
    found = _add(parent, f"{what}Identifier")
    _text(found, f"{what}IdentifierType", kind)
    _text(found, f"{what}IdentifierValue", value)
    return found


def _relationship(parent: etree._Element, kind: str, subtype: str) -> etree._Element:
    found = _add(parent, "relationship")
    _text(found, "relationshipType", kind)
    _text(found, "relationshipSubType", subtype)
    return found


def _agent(event: etree._Element, name: str, role: str) -> None:
    _text(_identifier(event, "linkingAgent", "local", name), "linkingAgentRole", role)


def _linked(event: etree._Element, kind: str, value: str, role: str | None) -> None:
    found = _identifier(event, "linkingObject", kind, value)
    if role:
        _text(found, "linkingObjectRole", role)


def _text(parent: etree._Element, tag: str, text: str) -> etree._Element:
    element = _add(parent, tag)
    element.text = xml_text(text)
    return element


def _add(parent: etree._Element | None, tag: str) -> etree._Element:
    name = f"{{{PREMIS}}}{tag}"
    if parent is not None:
        return etree.SubElement(parent, name)
    return etree.Element(name, nsmap={None: PREMIS, "xsi": XSI})  # type: ignore[dict-item]

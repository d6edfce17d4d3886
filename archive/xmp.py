"""The XMP packet of an archived document.

ISO 16684-1 for the packet, Dublin Core for what everybody reads, ISO 19005 for ``pdfaid`` and for the description of
our own schema, without which PDF/A admits no property of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from lxml import etree

from archive.about import DocumentAbout
from archive.options import Flavour
from core import __version__

PRODUCER = f"Bút Lục {__version__}"

_NS = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
    "butluc": "urn:butluc:archive:1:",
}
_OWN = (
    ("documentId", "Text", "Identifier of the document within its archive"),
    ("caseFile", "Text", "Identifier of the case file that holds the document"),
    ("conversionMark", "Text", "Mark in words that the record was converted from paper (Decree 137/2024, Article 4)"),
    ("convertedAt", "Date", "Time of the conversion"),
    ("convertedBy", "Text", "Full name of the person who answers for the conversion"),
    ("organisation", "Text", "Body that converted the record and keeps it"),
    ("profile", "Text", "Name of the digitization profile"),
    ("masterHash", "seq Text", "SHA-256 of the master image of each page, in page order"),
    ("copyKind", "Text", "Kind of user copy that the file is: reading, plain, certified, converted or whole"),
    ("copyOf", "seq Text", "SHA-256 of each archived file that the copy was made from, in its order"),
    ("field", "bag Text", "Descriptive fields as name and normalised value, parted by a colon"),
)


def xmp_packet(about: DocumentAbout, flavour: Flavour, masters: Sequence[str]) -> bytes:
    """The packet as UTF-8, without a creation time of its own: the same values give the same bytes.

    Args:
        masters: SHA-256 of the master of each page, in page order.
    """
    root = etree.Element("{adobe:ns:meta/}xmpmeta", nsmap={"x": "adobe:ns:meta/"})
    rdf = etree.SubElement(root, _tag("rdf:RDF"), nsmap=_NS)
    top = etree.SubElement(rdf, _tag("rdf:Description"), {_tag("rdf:about"): ""})
    _text(top, "pdfaid:part", str(flavour.part))
    _text(top, "pdfaid:conformance", flavour.conformance)
    _dublin_core(top, about)
    stamp = pdf_time(about).isoformat(timespec="seconds")
    for name in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
        _text(top, name, stamp)
    _text(top, "xmp:CreatorTool", PRODUCER)
    _text(top, "pdf:Producer", PRODUCER)
    _own_properties(top, about, masters, stamp)
    _extension(top)
    body = etree.tostring(root, encoding="unicode", pretty_print=True)
    head = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    return (head + body + '<?xpacket end="w"?>').encode()


def pdf_time(about: DocumentAbout) -> datetime:
    """The conversion time to the second, the finest that the information dictionary can hold."""
    return datetime.fromisoformat(about.converted_at).replace(microsecond=0)


def xml_text(text: str) -> str:
    """``text`` without the characters that XML 1.0 does not admit."""
    return "".join(char for char in text if char in "\t\n\r" or (ord(char) >= 0x20 and _in_xml(ord(char))))


def _in_xml(point: int) -> bool:
    return not 0xD800 <= point <= 0xDFFF and point not in (0xFFFE, 0xFFFF)


def _dublin_core(top: etree._Element, about: DocumentAbout) -> None:
    values = {name: value.normal or value.value for name, value in about.fields.values.items()}
    _items(top, "dc:title", "rdf:Alt", [about.title], lang="x-default")
    _text(top, "dc:identifier", about.id)
    _text(top, "dc:source", about.case_file)
    _text(top, "dc:format", "application/pdf")
    _items(top, "dc:language", "rdf:Bag", [about.language])
    _items(top, "dc:publisher", "rdf:Bag", [about.organisation])
    _items(top, "dc:creator", "rdf:Seq", [values.get("issuer") or values.get("court") or about.organisation])
    if values.get("type"):
        _items(top, "dc:type", "rdf:Bag", [values["type"]])
    if values.get("subject"):
        _items(top, "dc:description", "rdf:Alt", [values["subject"]], lang="x-default")


def _own_properties(top: etree._Element, about: DocumentAbout, masters: Sequence[str], stamp: str) -> None:
    plain = {
        "documentId": about.id,
        "caseFile": about.case_file,
        "conversionMark": about.conversion_mark,
        "convertedAt": stamp,
        "convertedBy": about.converted_by,
        "organisation": about.organisation,
        "profile": about.profile,
    }
    for name, value in plain.items():
        if about.from_paper or not name.startswith("conver"):
            _text(top, f"butluc:{name}", value)
    if about.copy_kind:
        _text(top, "butluc:copyKind", about.copy_kind)
        _items(top, "butluc:copyOf", "rdf:Seq", about.copy_of)
    _items(top, "butluc:masterHash", "rdf:Seq", masters)
    fields = sorted(about.fields.values.items())
    _items(top, "butluc:field", "rdf:Bag", [f"{name}: {value.normal or value.value}" for name, value in fields])


def _extension(top: etree._Element) -> None:
    """ISO 19005-1, 6.7.8, and 19005-2, 6.6.2.3.3."""
    bag = etree.SubElement(etree.SubElement(top, _tag("pdfaExtension:schemas")), _tag("rdf:Bag"))
    schema = _resource(bag)
    _text(schema, "pdfaSchema:schema", "Bút Lục archive schema")
    _text(schema, "pdfaSchema:namespaceURI", _NS["butluc"])
    _text(schema, "pdfaSchema:prefix", "butluc")
    seq = etree.SubElement(etree.SubElement(schema, _tag("pdfaSchema:property")), _tag("rdf:Seq"))
    for name, kind, meaning in _OWN:
        entry = _resource(seq)
        _text(entry, "pdfaProperty:name", name)
        _text(entry, "pdfaProperty:valueType", kind)
        _text(entry, "pdfaProperty:category", "external")
        _text(entry, "pdfaProperty:description", meaning)


def _resource(parent: etree._Element) -> etree._Element:
    return etree.SubElement(parent, _tag("rdf:li"), {_tag("rdf:parseType"): "Resource"})


def _text(parent: etree._Element, name: str, value: str) -> None:
    etree.SubElement(parent, _tag(name)).text = xml_text(value)


def _items(parent: etree._Element, name: str, kind: str, values: Iterable[str], lang: str | None = None) -> None:
    box = etree.SubElement(etree.SubElement(parent, _tag(name)), _tag(kind))
    for value in values:
        item = etree.SubElement(box, _tag("rdf:li"))
        item.text = xml_text(value)
        if lang:
            item.set("{http://www.w3.org/XML/1998/namespace}lang", lang)


def _tag(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{_NS[prefix]}}}{local}"

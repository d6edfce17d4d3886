"""The circular's descriptive XML (``simpledc``) and its schemas, both made from the field tables."""

from __future__ import annotations

from lxml import etree

from archive.packages.choices import Kind, code_list, separator
from archive.packages.fields import Field, FieldTable, Values
from archive.packages.xml import XSI, parse, to_bytes

_XS = "http://www.w3.org/2001/XMLSchema"
_SCHEMA_NAMES = {"file": "EAD.xsd", "document": "EAD_doc.xsd", "request": "EAD_DIP.xsd"}


def schema_name(level: str) -> str:
    """The file name of a level's schema."""
    return _SCHEMA_NAMES[level]


def write_values(fields: FieldTable, kind: Kind, values: Values, schema: str) -> bytes:
    """The fields as XML, in their order, empty ones too; ``schema`` is the way from the file to its schema."""
    root = etree.Element(fields.root, nsmap={"xsi": XSI})
    root.set(f"{{{XSI}}}noNamespaceSchemaLocation", schema)
    for field in fields.of(kind):
        etree.SubElement(root, field.name_in(kind)).text = values.get(field.name) or None
    return to_bytes(root)


def read_values(fields: FieldTable, data: bytes) -> dict[str, str]:
    """The values in such XML by the names they are kept by: any order, any kind, any namespace; unknown ones dropped.

    Raises:
        ValueError: not XML, or with a document type.
    """
    root = parse(data)
    found: dict[str, str] = {}
    for element in root.iter(etree.Element):
        name, text = etree.QName(element).localname, (element.text or "").strip()
        if text and len(element) == 0:
            found[name] = f"{found[name]}{separator()}{text}" if name in found else text
    return fields.by_sip_name(found)


def write_schema(fields: FieldTable, kind: Kind) -> bytes:
    """The schema of a level in a kind of package: any order, as the circular has no fixed one."""
    schema = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS})
    element = _xs(schema, "element", name=fields.root)
    group = _xs(_xs(element, "complexType"), "all")
    for field in fields.of(kind):
        _declare(group, field, kind, partial=kind.value in fields.partial_dates)
    return to_bytes(schema)


def _declare(group: etree._Element, field: Field, kind: Kind, *, partial: bool) -> None:
    least = "1" if field.required else "0"
    element = _xs(group, "element", name=field.name_in(kind), minOccurs=least)
    note = _xs(_xs(element, "annotation"), "documentation")
    note.text = field.label
    note.set("{http://www.w3.org/XML/1998/namespace}lang", "vi")
    restriction = _xs(_xs(element, "simpleType"), "restriction", base="xs:string")
    if field.required:
        _xs(restriction, "minLength", value="1")
    if field.max is not None:
        _xs(restriction, "maxLength", value=str(field.max))
    pattern = _pattern(field, partial=partial)
    if pattern:
        _xs(restriction, "pattern", value=pattern if field.required else f"({pattern})?")


def _pattern(field: Field, *, partial: bool) -> str:
    if field.codes:
        one = "|".join(code_list(field.codes))
        return f"({one})({separator()}({one}))*" if field.multiple else one
    short = r"(([0-9]{2}/)?[0-9]{2}/)?[0-9]{4}" if partial else r"[0-9]{2}/[0-9]{2}/[0-9]{4}"
    return {"number": "[0-9]+", "boolean": "[01]", "date": short}.get(field.type, "")


def _xs(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_XS}}}{tag}", attributes)

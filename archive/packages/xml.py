"""XML of packages: the names of its vocabularies, reading that trusts nothing, writing that is always the same."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lxml import etree

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
PREMIS = "http://www.loc.gov/premis/v3"

SCHEMA_FILES = ("METS.xsd", "xlink.xsd", "DILCISExtensionMETS.xsd", "DILCISExtensionSIPMETS.xsd", "premis.xsd")
"""The schemas of others that every package carries."""

_DRIVER = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="{METS}" schemaLocation="local:METS.xsd"/>
<xs:import namespace="{CSIP}" schemaLocation="local:DILCISExtensionMETS.xsd"/>
<xs:import namespace="{SIP}" schemaLocation="local:DILCISExtensionSIPMETS.xsd"/>
<xs:import namespace="{PREMIS}" schemaLocation="local:premis.xsd"/>
</xs:schema>""".encode()


def parse(data: bytes) -> etree._Element:
    """The root element.

    Raises:
        ValueError: not well-formed, or with a document type, which could name files or swell without end.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as err:
        raise ValueError(str(err)) from err
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type is not accepted")
    return root


def to_bytes(root: etree._Element) -> bytes:
    """The element as a file; the same element gives the same bytes."""
    etree.indent(root, " ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


@cache
def schema_bytes(name: str) -> bytes:
    """One of :data:`SCHEMA_FILES`."""
    return files("archive.packages").joinpath("schemas", name).read_bytes()


class _Local(etree.Resolver):
    """Finds every schema in this package by the last part of its address: nothing is fetched."""

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> object:  # type: ignore[override]
        """See :class:`lxml.etree.Resolver`."""
        name = (system_url or "").rpartition("/")[2].removeprefix("local:")
        return self.resolve_string(schema_bytes(name), context)  # type: ignore[call-arg]


@cache
def _common_schema() -> etree.XMLSchema:
    return _compile(_DRIVER)


def _compile(data: bytes) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Local())
    return etree.XMLSchema(etree.fromstring(data, parser))


@cache
def _own_schema(data: bytes) -> etree.XMLSchema:
    return _compile(data)


def schema_problems(root: etree._Element, schema: bytes | None = None) -> list[str]:
    """What breaks the schema: that of METS with its E-ARK attributes and of PREMIS, or the one given."""
    compiled = _common_schema() if schema is None else _own_schema(schema)
    if compiled.validate(root):
        return []
    return [f"{error.line}: {error.message}" for error in list(compiled.error_log)][:20]  # type: ignore[call-overload]

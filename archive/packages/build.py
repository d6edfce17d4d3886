"""A whole package as paths and bytes; where it goes (store, folder, ZIP) is the caller's business."""

from __future__ import annotations

from functools import cache

from archive.packages.choices import Kind, choices
from archive.packages.contents import Item, PackageContent, PackagedDocument
from archive.packages.descriptive import schema_name, write_schema, write_values
from archive.packages.explain import MANIFEST, README, manifest, readme
from archive.packages.fields import Values, table
from archive.packages.mets import package_mets, representation_mets
from archive.packages.premis import package_premis, representation_premis
from archive.packages.xml import SCHEMA_FILES, schema_bytes

Items = dict[str, Item]


def build(content: PackageContent, kind: Kind) -> Items:
    """Every file of the package by its path within the package's folder; the same content gives the same bytes."""
    names = choices().names
    items: Items = {f"{names.schemas}/{name}": item for name, item in _schemas(kind).items()}
    inner = _representation(content, kind)
    items |= {f"{names.rep_folder}/{path}": item for path, item in inner.items()}
    level, values = head_values(content, kind)
    place = "../" * names.ead.count("/") + f"{names.schemas}/{schema_name(level)}"
    items[names.ead] = Item.of(write_values(table(level), kind, values, place))
    if choices().of(kind).premis:
        items[names.premis] = Item.of(package_premis(content, kind))
    items |= {f"{names.documentation}/{path}": item for path, item in content.documentation.items()}
    items |= {f"{names.record}/{path}": item for path, item in content.record.items()}
    items[f"{names.documentation}/{README}"] = Item.of(readme(content, kind, items))
    items[f"{names.documentation}/{MANIFEST}"] = Item.of(manifest(items))
    items[names.mets] = Item.of(package_mets(content, kind, items))
    return items


def head_values(content: PackageContent, kind: Kind) -> tuple[str, Values]:
    """The level and the values of a package's own ``EAD.xml``: of the case file, or in a DIP of the request."""
    level, values = ("request", content.request) if kind is Kind.DIP else ("file", content.fields)
    return level, table(level).suited(values, kind)


def _representation(content: PackageContent, kind: Kind) -> Items:
    """The files of the representation by path below its folder."""
    names = choices().names
    items: Items = {}
    described: list[tuple[PackagedDocument, str]] = []
    for document in content.documents:
        path = names.ead_document.format(doc_id=document.doc_id)
        depth = path.count("/") + names.rep_folder.count("/") + 1
        schema = "../" * depth + f"{names.schemas}/{schema_name('document')}"
        values = table("document").suited(document.fields, kind)
        items[path] = Item.of(write_values(table("document"), kind, values, schema))
        items[f"data/{document.file_name}"] = document.pdf
        described.append((document, path))
    if choices().of(kind).premis:
        items[names.premis_representation] = Item.of(representation_premis(content, kind))
    items[names.mets] = Item.of(representation_mets(content, kind, items, described))
    return items


@cache
def _schemas(kind: Kind) -> Items:
    """The schemas that a package of this kind carries."""
    found = {name: Item.of(schema_bytes(name)) for name in SCHEMA_FILES}
    if not choices().of(kind).premis:
        del found["premis.xsd"]
    for level in ("document", "request" if kind is Kind.DIP else "file"):
        found[schema_name(level)] = Item.of(write_schema(table(level), kind))
    return found

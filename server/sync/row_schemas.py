"""Each table's row as a JSON Schema, made from the schema that rows are read by: kinds, ranges, formats, lengths.

They stand in the OpenAPI document, and for apps in `server/clients/schemas.json`, which
`python -m server.sync.row_schemas` writes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from server.sync.tables import TABLES, Kind, Table

JsonSchema = dict[str, Any]

FILE = Path(__file__).parent.parent / "clients" / "schemas.json"

ANYTHING: JsonSchema = {}
"""A push is not refused for a row that is none: the row is, with the reason, in the answer."""


def row_schemas() -> Mapping[str, JsonSchema]:
    """Return the JSON Schema (2020-12) of a whole row of each table, by the table's name on the wire."""
    plugin = MarshmallowPlugin()
    APISpec("rows", "1", "3.1.0", plugins=[plugin])
    converter: Any = plugin.converter
    return {table.name: _of_table(table, converter.schema2jsonschema(table.schema)) for table in TABLES}


def text() -> str:
    """Return what `FILE` holds."""
    return json.dumps(row_schemas(), indent=2, ensure_ascii=False) + "\n"


def describe(spec: APISpec) -> None:
    """Put the rows into the OpenAPI document, and refer to them where they are pulled and pushed, in both dialects."""
    for name, schema in row_schemas().items():
        spec.components.schema(f"{name}.row", schema)
        spec.components.schema(f"{name}.document", _document(schema))
    spec.components.schema("deleted.document", DELETED_DOCUMENT)
    schemas = spec.components.schemas
    tables = [table.name for table in TABLES]
    schemas["Changes"]["properties"] = {name: _pushed(name) for name in tables}
    schemas["PulledPage"]["properties"]["changes"] = {
        "type": "object",
        "properties": {name: _pulled(name) for name in tables},
    }
    documents = [_reference(f"{name}.document") for name in [*tables, "deleted"]]
    schemas["PulledDocuments"]["properties"]["documents"]["items"] = {"anyOf": documents}
    schemas["MasterState"]["additionalProperties"] = True  # The columns of whichever table it is of.
    for state in ("assumedMasterState", "newDocumentState"):
        schemas["WriteRow"]["properties"][state]["anyOf"] = [*documents, ANYTHING]
    schemas["WriteRow"] = {"anyOf": [schemas["WriteRow"], ANYTHING]}


DELETED_DOCUMENT: JsonSchema = {
    "type": "object",
    "description": "What RxDB is told of a row that was deleted.",
    "required": ["id", "_deleted"],
    "properties": {"id": {"type": "string"}, "_deleted": {"const": True}},
}


def _of_table(table: Table, schema: JsonSchema) -> JsonSchema:
    schema["description"] = (type(table.schema).__doc__ or "").strip()
    if table.kind is Kind.SERVER_OWNED:
        schema["readOnly"] = True
    for name, column in schema["properties"].items():
        if name in table.server_columns:
            column["readOnly"] = True
        if "pattern" in column:
            column["pattern"] = _for_javascript(column["pattern"])
    return schema


def _for_javascript(pattern: str) -> str:
    r"""Return Python's pattern, matched at the start and ending in \Z, in the dialect of JSON Schema."""
    return "^" + pattern.removeprefix("^").replace(r"\Z", "$")


def _document(row: JsonSchema) -> JsonSchema:
    """Return a row as RxDB has it, with the mark that it is not deleted."""
    return {**row, "properties": {**row["properties"], "_deleted": {"const": False}}}


def _pushed(table: str) -> JsonSchema:
    rows = {"items": {"anyOf": [_reference(f"{table}.row"), ANYTHING]}}
    return {"allOf": [_reference("TableChanges"), {"properties": {"created": rows, "updated": rows}}]}


def _pulled(table: str) -> JsonSchema:
    rows = {"type": "array", "items": _reference(f"{table}.row")}
    ids = {"type": "array", "items": {"type": "string"}}
    return {"type": "object", "properties": {"created": rows, "updated": rows, "deleted": ids}}


def _reference(component: str) -> JsonSchema:
    return {"$ref": f"#/components/schemas/{component}"}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

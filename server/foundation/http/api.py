"""The API under /v1: flask-smorest with our error documents and strict JSON bodies."""

import json
import math
from collections.abc import Callable
from http import HTTPStatus
from threading import Lock
from typing import Any

import orjson
from apispec import APISpec
from flask import Flask, Request, Response, current_app
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import INCLUDE, RAISE, Schema, fields
from webargs.flaskparser import FlaskParser

from server.foundation.http.bodies import MediaTypeUnsupported
from server.foundation.http.json_text import parse_json, parse_records

AS_FLASK = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
"""What orjson knows a way of its own to write is left to Flask's."""


class StrictJson(DefaultJSONProvider):
    """Flask's JSON, taking and giving no NaN, in the order that it was put in."""

    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return the document in `s`, by the rules of `parse_json`."""
        return parse_json(s)

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Return `obj` as JSON; NaN in an answer is a bug and fails loudly, where orjson would write null."""
        if kwargs.keys() - {"separators"} or not _finite(obj):
            return super().dumps(obj, allow_nan=False, **kwargs)
        try:
            return orjson.dumps(obj, self.default, AS_FLASK).decode()
        except orjson.JSONEncodeError:  # Half an emoji in an id that is quoted: the standard library escapes it.
            return super().dumps(obj, allow_nan=False, **kwargs)


def _finite(value: Any) -> bool:
    if type(value) is dict:
        return all(map(_finite, value.values()))
    if type(value) in (list, tuple):
        return all(map(_finite, value))
    return type(value) is not float or math.isfinite(value)


class OfRecords(Schema):
    """A body of records, each of which is judged by itself: a text or number that is none refuses its own alone."""


class JsonParser(FlaskParser):
    """Reads bodies strictly, application/json or nothing, and no query parameter that it does not know."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 – as its base has it
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Return the body's document for `schema`."""
        if not req.is_json:
            raise MediaTypeUnsupported(req.mimetype, ["application/json"])
        read = parse_records if isinstance(schema, OfRecords) else parse_json
        return read(req.get_data())


class Blueprint(SmorestBlueprint):
    """A part of the API."""

    ARGUMENTS_PARSER = JsonParser()


class ProblemSchema(Schema):
    """RFC 9457, with the stable `code` that programs decide by; some codes have members of their own."""

    class Meta:  # noqa: D106 – marshmallow's
        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(metadata={"description": "Names this request in the server's log."})


class Api(SmorestApi):
    """The API, answering errors in the server's own shape; it is described when somebody first asks for that."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        self._parts: list[SmorestBlueprint] = []
        self._additions: list[Callable[[APISpec], None]] = []
        self._describing = Lock()
        self._description: str | None = None
        super().__init__(app)

    def register_blueprint(self, blueprint: SmorestBlueprint, **options: Any) -> None:
        """Serve a part of the API."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint, **options)
        self._parts.append(blueprint)

    def describe_also(self, addition: Callable[[APISpec], None]) -> None:
        """Let `addition` complete the description, once all parts are in it."""
        self._additions.append(addition)

    def _init_spec(self, **options: Any) -> None:
        """Leave the description until it is asked for: it is most of what starting a server would cost."""
        self._options = options

    def _openapi_json(self) -> Response:
        with self._describing:
            self._description = self._description or self._described()
        return current_app.response_class(self._description, mimetype="application/json")

    def _described(self) -> str:
        super()._init_spec(**self._options)
        for part in self._parts:
            part.register_views_in_doc(self, self._app, self.spec, name=part.name, parameters=None)
            self.spec.tag({"name": part.name, "description": part.description})
        for addition in self._additions:
            addition(self.spec)
        return json.dumps(self.spec.to_dict(), indent=2)

    def _register_error_handlers(self) -> None:
        """Leave errors to `server.foundation.http.errors`."""

    def _register_responses(self) -> None:
        """Describe every error as what it is sent as: a problem document."""
        content = {"application/problem+json": {"schema": self.ERROR_SCHEMA}}
        for status in HTTPStatus:
            described = {"description": status.phrase, **({"content": content} if status >= 400 else {})}
            self.spec.components.response(status.name, described, lazy=True)
        described = {"description": "Any other refusal; `code` says which.", "content": content}
        self.spec.components.response("DEFAULT_ERROR", described, lazy=True)


def init_app(app: Flask) -> Api:
    """Describe and serve the API of `app`."""
    app.json = StrictJson(app)
    app.config.update(
        API_TITLE="acnetrack",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}},
    )
    return Api(app)

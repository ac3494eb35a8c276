"""What libraries compile for each new application is compiled once in a worker: a test then pays for what it tests."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from werkzeug.routing import Rule

STATEMENTS = 2000
"""As many as all tests of a worker ask; without an end the cache would hold what is asked once."""


def compile_once(patch: pytest.MonkeyPatch) -> None:
    """Let all applications of this process share SQLAlchemy's compiled statements and Werkzeug's builders of addresses.

    Both are found by everything that they are made of, so an application gets what it would have compiled itself.
    """
    patch.setattr("server.foundation.db.engines.create_engine", _sharing_statements(create_engine))
    patch.setattr(Rule, "_compile_builder", _sharing_builders(Rule._compile_builder))


def _sharing_statements(make: Callable[..., Engine]) -> Callable[..., Engine]:
    first: dict[str, Engine] = {}

    @wraps(make)
    def create(address: Any, **options: Any) -> Engine:
        engine = make(address, **options, query_cache_size=STATEMENTS)
        # A statement is found by its dialect too, which knows its server once the first connection was made.
        known = first.setdefault(engine.name, engine)
        if known.dialect.server_version_info:
            engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache
        return engine

    return create


def _sharing_builders(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    made: dict[Any, Any] = {}

    @wraps(compile_builder)
    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, str(rule.defaults), tuple(rule._trace), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    return compiled

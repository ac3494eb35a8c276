"""An app in three versions, on WatermelonDB or on RxDB, as far as what these send and keep depends on its version."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

Row = dict[str, Any]
Key = tuple[str, str]
Send = Callable[[str, str, Any], Any]
"""Asks `method, path, body` of a timeline, as one device, and returns the body of the answer."""

ATTEMPTS = 3

_FIRST: dict[str, tuple[str, ...]] = {
    "visits": ("recorded_at", "guided", "amends"),
    "treatment_courses": ("name", "kind", "started_on", "stopped_on"),
}
_SECOND = {
    "visits": (*_FIRST["visits"], "note"),
    "treatment_courses": (*_FIRST["treatment_courses"], "dose"),
    "check_ins": ("recorded_at", "itch", "amends"),
    "profiles": ("skin_type",),
}
_THIRD = {
    **_SECOND,
    "treatment_courses": (*_SECOND["treatment_courses"], "note", "stop_reason"),
    "check_ins": (*_SECOND["check_ins"], "mood", "note", "bother"),
    "side_effects": ("what", "severity", "course_id", "started_on", "ended_on"),
    "profiles": ("skin_type", "sex"),
    "reminders": ("title", "course_id", "time_of_day", "weekdays", "active"),
}
VERSIONS = (_FIRST, _SECOND, _THIRD)
"""The tables of each version, and the columns of each but for the id."""


class AnswerLost(Exception):
    """The server took a push, and the phone does not know."""


@dataclass
class App:
    """What one phone holds. `edited` are the columns that its person wrote and that are not acknowledged."""

    send: Send
    version: int = 0
    rows: dict[Key, Row] = field(default_factory=dict)
    edited: dict[Key, Row] = field(default_factory=dict)
    deleted: set[Key] = field(default_factory=set)
    refused: set[Key] = field(default_factory=set)
    loses_answers: bool = False
    number: int = 0

    @property
    def schema(self) -> dict[str, tuple[str, ...]]:
        """The tables and columns that this version knows."""
        return VERSIONS[self.version]

    def known(self, table: str, row: Row) -> Row:
        """What this version knows of a row."""
        return {name: value for name, value in row.items() if name in ("id", *self.schema[table])}

    def create(self, table: str, row: Row) -> None:
        """Write a new row, of which only what this version knows is kept."""
        row = {**dict.fromkeys(self.schema[table]), **self.known(table, row)}
        self.rows[table, row["id"]] = row
        self.edited[table, row["id"]] = {name: value for name, value in row.items() if name != "id"}

    def edit(self, key: Key, column: str, value: Any) -> None:
        """Change a column of a row."""
        self.rows[key] = {**self.rows[key], column: value}
        self.edited.setdefault(key, {})[column] = value

    def delete(self, key: Key) -> None:
        """Delete a row."""
        del self.rows[key]
        self.edited.pop(key, None)
        self.deleted.add(key)

    def pushed(self, path: str, body: Any) -> Any:
        """Push, and lose the answer if it is to be lost."""
        self.number += 1
        answer = self.send("POST", f"{path}{'&' if '?' in path else '?'}push={self.number}", body)
        if self.loses_answers:
            raise AnswerLost
        return answer


@dataclass
class WatermelonApp(App):
    """Pulls everything with one cursor, and says once what its schema gained; pushes whole rows of its columns."""

    cursor: int = 0
    pulled_version: int | None = None

    def update(self) -> None:
        """Become the next version; WatermelonDB fills new columns with null."""
        self.version += 1
        for (table, _), row in self.rows.items():
            row.update({name: None for name in self.schema[table] if name not in row})

    def synchronize(self) -> None:
        """Pull and push until nothing conflicts, as `server/clients/watermelondb.js` does."""
        for _ in range(ATTEMPTS):
            self._pull()
            if not self._push():
                return

    def _pull(self) -> None:
        query = f"schema_version={self.version + 1}&migration={quote(json.dumps(self._migration()))}"
        while True:
            page = self.send("GET", f"/sync?last_pulled_at={self.cursor}&limit=3&{query}", None)
            for table in page["changes"].keys() & self.schema.keys():
                for row in page["changes"][table]["updated"]:
                    self._take((table, row["id"]), self.known(table, row))
                for id in page["changes"][table]["deleted"]:
                    self.rows.pop((table, id), None)
                    self.edited.pop((table, id), None)
                    self.deleted.discard((table, id))
            self.cursor = page["timestamp"]
            if not page["has_more"]:
                self.pulled_version = self.version
                return

    def _migration(self) -> Any:
        if self.pulled_version in (None, self.version):
            return None
        before = VERSIONS[self.pulled_version or 0]
        gained = {table: [name for name in self.schema[table] if name not in before[table]] for table in before}
        columns = [{"table": table, "columns": names} for table, names in gained.items() if names]
        return {"from": self.pulled_version, "tables": [*(self.schema.keys() - before.keys())], "columns": columns}

    def _take(self, key: Key, row: Row) -> None:
        if key not in self.deleted:
            self.rows[key] = {**row, **self.edited.get(key, {})}

    def _push(self) -> bool:
        """Return whether something conflicts with what another device wrote."""
        changes: dict[str, dict[str, list[Any]]] = {}
        for key in self.edited:
            changes.setdefault(key[0], {}).setdefault("updated", []).append({**self.rows[key], "_status": "updated"})
        for table, id in self.deleted:
            changes.setdefault(table, {}).setdefault("deleted", []).append(id)
        if not changes:
            return False
        verdicts = self.pushed(f"/sync?last_pulled_at={self.cursor}", changes)["rejected"]
        codes = {(verdict["table"], verdict["id"]): verdict["code"] for verdict in verdicts}
        for key in [*self.edited]:
            if codes.get(key) != "conflict":
                del self.edited[key]
        self.deleted = {key for key in self.deleted if codes.get(key) == "conflict"}
        for key, code in codes.items():
            if code != "conflict":
                self.rows.pop(key, None)
                self.refused.add(key)
        return "conflict" in codes.values()


@dataclass
class RxApp(App):
    """Replicates each table by itself, and begins anew where its columns are others; says what it assumed."""

    assumed: dict[Key, Row] = field(default_factory=dict)
    checkpoints: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)

    def update(self) -> None:
        """Become the next version; documents stay as they are."""
        self.version += 1

    def synchronize(self) -> None:
        """Replicate each table, as `server/clients/rxdb.js` does."""
        for table in self.schema:
            self._pull(table)
            for _ in range(ATTEMPTS):
                if not self._push(table):
                    break
            self._pull(table)

    def _pull(self, table: str) -> None:
        columns, more = self.schema[table], True
        cursor, of_columns = self.checkpoints.get(table, (0, ()))
        cursor = cursor if of_columns == columns else 0
        while more:
            page = self.send("GET", f"/rx/{table}/pull?checkpoint={cursor}&limit=3", None)
            for document in page["documents"]:
                key = (table, document["id"])
                if key not in self.edited and key not in self.deleted:
                    self._take(key, document)
            cursor, more = page["checkpoint"], page["has_more"]
            self.checkpoints[table] = cursor, columns

    def _take(self, key: Key, document: Row) -> None:
        if document["_deleted"]:
            self.rows.pop(key, None)
            self.assumed.pop(key, None)
            self.edited.pop(key, None)
        else:
            self.rows[key] = {**self.known(key[0], document), **self.edited.get(key, {})}
            self.assumed[key] = self.known(key[0], document)

    def _push(self, table: str) -> bool:
        """Return whether something has to be pushed again, on top of what another device wrote."""
        edited = [key for key in self.edited if key[0] == table]
        deleted = [key for key in self.deleted if key[0] == table]
        body = [self._row(key, {**self.rows[key], "_deleted": False}) for key in edited]
        body += [self._row(key, {**self.assumed.get(key, {"id": key[1]}), "_deleted": True}) for key in deleted]
        if not body:
            return False
        answers = {(table, document["id"]): document for document in self.pushed(f"/rx/{table}/push?why=true", body)}
        for key in edited:
            if (master := answers.get(key)) is None:
                self.assumed[key] = self.rows[key]
                del self.edited[key]
            elif master["_refused"]["code"] == "conflict":
                self._take(key, master)
            else:
                self.refused.add(key)
                del self.edited[key]
                self._take(key, master)
        for key in deleted:
            if (master := answers.get(key)) is None:
                self.deleted.discard(key)
                self.assumed.pop(key, None)
            else:
                self.assumed[key] = self.known(table, {k: v for k, v in master.items() if k != "_deleted"})
        return bool(answers.keys() & (self.edited.keys() | self.deleted))

    def _row(self, key: Key, document: Row) -> Row:
        before = self.assumed.get(key)
        return {"assumedMasterState": before and {**before, "_deleted": False}, "newDocumentState": document}

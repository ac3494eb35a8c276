"""The phone's side of a timeline: local rows and WatermelonDB's books on them.

Pulling, pushing and what an answer means are separate steps, so that a test can cut a synchronisation anywhere.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]
Changes = dict[str, dict[str, list[Any]]]
Key = tuple[str, str]
"""A record: its table and its id."""

SERVER_OWNED = {"clinician_notes", "grants", "model_notices"}
REFUSED_FOR_GOOD = {"gone", "invalid", "unknown_column", "unknown_table", "read_only"}


@dataclass
class Local:
    """One row with `_status` (synced, created, updated, deleted) and `_changed`, the columns edited since."""

    values: Values
    status: str = "synced"
    changed: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Push:
    """A request as it left the phone: the device's `number`-th."""

    changes: Changes
    cursor: int
    number: int

    def records(self) -> list[tuple[str, Values]]:
        """What it creates and changes, with the table of each."""
        kinds = ("created", "updated")
        return [(table, row) for table, part in self.changes.items() for kind in kinds for row in part[kind]]

    def deleted(self) -> list[Key]:
        """What it deletes."""
        return [(table, id) for table, part in self.changes.items() for id in part["deleted"]]


class Replica:
    """What one phone holds of one timeline."""

    def __init__(self) -> None:
        self.rows: dict[Key, Local] = {}
        self.cursor = 0
        self.number = 0
        self.posting_everything = False
        """The server was restored: every row is to be posted before anything is pulled."""
        self.set_aside: dict[Key, Local] = {}
        """Records that the server will never take, shown to the person and sent no more."""

    def visible(self) -> dict[Key, Values]:
        """What the person sees."""
        return {key: row.values for key, row in self.rows.items() if row.status != "deleted"}

    def pending(self) -> set[Key]:
        """What the server has not acknowledged."""
        return {key for key, row in self.rows.items() if row.status != "synced"}

    def state(self) -> tuple[int, dict[Key, tuple[Values, str]]]:
        """Where it stands and all it holds, for comparison with later."""
        return self.cursor, {key: (row.values, row.status) for key, row in self.rows.items()}

    def create(self, table: str, values: Values) -> None:
        self.rows[table, values["id"]] = Local(values, "created")

    def edit(self, key: Key, column: str, value: Any) -> None:
        row = self.rows[key]
        row.values = {**row.values, column: value}
        row.changed.add(column)
        if row.status == "synced":
            row.status = "updated"

    def delete(self, key: Key) -> list[Key]:
        """Delete a row, with which the server will delete what belongs to it; the keys of all of them."""
        self.rows[key].status = "deleted"
        return [key, *(other for other, row in self.rows.items() if row.values.get("visit_id") == key[1])]

    def pulled(self, page: dict[str, Any]) -> None:
        """Apply one page and stand at its cursor."""
        for table, part in page["changes"].items():
            for row in part["created"]:
                self._take(table, row, created=True)
            for row in part["updated"]:
                self._take(table, row)
            for id in part["deleted"]:
                self.rows.pop((table, id), None)
        self.cursor = page["timestamp"]

    def _take(self, table: str, remote: Values, created: bool = False) -> None:
        local = self.rows.get((table, remote["id"]))
        if local is None or local.status == "synced" or (created and local.status == "deleted"):
            self.rows[table, remote["id"]] = Local(remote)
        elif local.status != "deleted":
            local.values = {**remote, **{column: local.values[column] for column in local.changed}}
            local.status = "updated"

    def push(self) -> Push:
        """Everything unsent, as a request of its own."""
        self.number += 1
        changes: Changes = {}
        for (table, id), row in self.rows.items():
            if row.status != "synced":
                part = changes.setdefault(table, {"created": [], "updated": [], "deleted": []})
                part[row.status].append(id if row.status == "deleted" else row.values)
        return Push(deepcopy(changes), self.cursor, self.number)

    def pushed(self, push: Push, answer: dict[str, Any]) -> None:
        """Note what was acknowledged, unless edited meanwhile, and act on each refusal.

        Without a cursor a phone would not notice that the server is restored to a moment before this push, so
        it sends its rows once more when it has one.
        """
        noticeable, rejected = push.cursor != 0, answer["rejected"]
        refused = {(verdict["table"], verdict["id"]) for verdict in rejected}
        for table, sent in push.records():
            row = self.rows.get((table, sent["id"]))
            unedited = row is not None and row.status != "deleted" and row.values == sent
            if unedited and noticeable and (table, sent["id"]) not in refused:
                row.status, row.changed = "synced", set()
        for key in push.deleted():
            if noticeable and key not in refused:
                self.rows.pop(key, None)
        for verdict in rejected:
            self._refused((verdict["table"], verdict["id"]), verdict["code"], verdict["current"])
        self.posting_everything = False

    def _refused(self, key: Key, code: str, current: Values | None) -> None:
        """Set aside what will never be taken; a conflict stays and is merged by the next pull."""
        row = self.rows.get(key)
        if row is None:
            return
        if code == "immutable" and current:
            self.rows[key] = Local(current)
        elif code in REFUSED_FOR_GOOD or (key[0], row.values.get("amends")) in self.set_aside:
            self.set_aside[key] = self.rows.pop(key)

    def resync(self, reason: str) -> None:
        """Begin again, as a 410 orders: keep everything and post it, or drop everything.

        What only the server writes is dropped in any case: what it has lost of that, nobody deletes here.
        """
        self.cursor = 0
        self.posting_everything = reason == "restored"
        self.rows = {key: row for key, row in self.rows.items() if reason == "restored" and key[0] not in SERVER_OWNED}
        for row in self.rows.values():
            if row.status == "synced":
                row.status = "created"

    def wipe(self) -> None:
        """Forget the timeline: it is shared no longer."""
        self.rows.clear()
        self.cursor = 0

"""What the server has acknowledged of one timeline, and so owes: the oracle that its answers are held against."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from server.sync.cursor import EPOCH
from tests.server.sync.model.replica import Key, Push, Values

APPEND_ONLY = {"visits", "photos", "assessments", "intakes", "check_ins"}
MUTABLE = {"treatment_courses", "side_effects", "spots", "reminders", "profiles"}
SERVER_COLUMNS = {"uploaded"}


class Violation(AssertionError):
    """The server or a client broke a promise; the message names it."""


def require(holds: bool, promise: str, *details: Any) -> None:
    if not holds:
        raise Violation(f"{promise}: {', '.join(map(repr, details))}")


@dataclass
class Entry:
    """One living record: its content, and by which request of which device it got it."""

    content: Values
    device: str
    number: int
    before: int
    """The `seq` of the log before the request that wrote it: who stood there or earlier has not seen it."""


@dataclass
class Ledger:
    """`living` is what must be there with this content, `dead` what must never come back.

    `owed` is what a restored backup lacks and some phone still holds, so that it must come back.
    """

    living: dict[Key, Entry] = field(default_factory=dict)
    dead: set[Key] = field(default_factory=set)
    owed: set[Key] = field(default_factory=set)

    def copy(self) -> "Ledger":
        return deepcopy(self)

    def answered(self, device: str, push: Push, rejected: list[dict[str, Any]], before: int) -> None:
        """Note what a push was promised, after judging each verdict; `before` is where the log stood."""
        verdicts = {(verdict["table"], verdict["id"]): verdict for verdict in rejected}
        sent = {(table, row["id"]): row for table, row in push.records()}
        require(verdicts.keys() <= sent.keys() | set(push.deleted()), "verdicts are of what was sent", verdicts)
        for key, values in sent.items():
            self._record(key, values, verdicts.get(key), Entry(values, device, push.number, before), push)
        for key in push.deleted():
            self._deletion(key, verdicts.get(key), device, push)

    def _record(self, key: Key, values: Values, verdict: Any, entry: Entry, push: Push) -> None:
        there = self.living.get(key)
        if verdict is not None:
            self._refusal(key, values, verdict, entry.device, push)
        elif there is None:
            require(key not in self.dead, "nothing deleted is back", key)
            require(not _bad(values), "what is malformed is refused", key)
            self.living[key] = Entry(_of_the_client(values), entry.device, entry.number, entry.before)
        elif there.content != _of_the_client(values):
            require(key[0] in MUTABLE, "what is append-only never changes", key, there.content, values)
            self._overwriting(key, there, entry.device, push)
            self.living[key] = Entry(_of_the_client(values), entry.device, entry.number, entry.before)

    def _overwriting(self, key: Key, there: Entry, device: str, push: Push) -> None:
        """Judge a change of what is there: its device wrote that itself and not later, or has seen it."""
        own = there.device == device and push.number >= there.number
        seen = own or push.cursor % EPOCH > there.before
        require(seen, "no change is overwritten by who has not seen it", key, there, push)

    def _refusal(self, key: Key, values: Values, verdict: Any, device: str, push: Push) -> None:
        there, named = self.living.get(key), [(key[0], values.get("amends")), ("visits", values.get("visit_id"))]
        differs = there is not None and there.content != _of_the_client(values)
        reasons = {
            "invalid": _bad(values),
            "gone": key in self.dead or any(each in self.dead for each in named),
            "amended_unknown": values.get("amends") is not None and named[0] not in self.living,
            "immutable": differs and key[0] in APPEND_ONLY,
            "conflict": differs and key[0] in MUTABLE and there is not None and _may_conflict(there, device, push),
        }
        true = reasons.get(verdict["code"], False)
        require(true, "a record is refused for a reason that is true", key, values, verdict, there)
        shown = verdict["current"] or {}
        mine = there.content.items() if there else {}.items()
        require(mine <= shown.items() and bool(mine) == bool(shown), "the server's row comes along", verdict, there)

    def _deletion(self, key: Key, verdict: Any, device: str, push: Push) -> None:
        versions = self._versions(key)
        others = [each for each in versions if each in self.living and (key[0] in MUTABLE or each != key)]
        if verdict is not None:
            true = any(_may_conflict(self.living[each], device, push) for each in others)
            require(true and verdict["code"] == "conflict", "a deletion is refused for a reason that is true", verdict)
            return
        for each in others:
            self._overwriting(each, self.living[each], device, push)
        visits = {id for table, id in versions if table == "visits"}
        parts = {each for each, entry in self.living.items() if entry.content.get("visit_id") in visits}
        self.dead |= versions | parts
        self.living = {each: entry for each, entry in self.living.items() if each not in self.dead}

    def _versions(self, key: Key) -> set[Key]:
        """The record's row and all that amend it, directly or by way of each other."""
        amended = {
            (each, (each[0], entry.content["amends"]))
            for each, entry in self.living.items()
            if entry.content.get("amends")
        }
        versions = {key}
        while more := {each for pair in amended if versions & set(pair) for each in pair} - versions:
            versions |= more
        return versions

    def agrees(self, truth: dict[Key, Values]) -> None:
        """Hold the server's whole content against what it promised."""
        for key, entry in self.living.items():
            require(key in truth, "nothing acknowledged is missing", key)
            content = truth[key]
            require(entry.content.items() <= content.items(), "what is there is what was sent", key, entry, content)
        back = self.dead & truth.keys()
        require(not back, "nothing deleted is back", back)
        unknown = {key for key in truth.keys() - self.living.keys() if key[0] in APPEND_ONLY | MUTABLE}
        require(not unknown, "nothing is there that nobody sent", unknown)

    def restored(self, backup: "Ledger", held: set[Key]) -> "Ledger":
        """Return what is owed after a backup was restored, when phones still hold these records."""
        now = backup.copy()
        now.dead |= self.dead
        now.living = {key: entry for key, entry in now.living.items() if key not in now.dead}
        now.owed = ((self.living.keys() | self.owed) & held) - now.living.keys() - now.dead
        return now


def _may_conflict(there: Entry, device: str, push: Push) -> bool:
    """Whether the device may not have seen, or has overtaken, what is there."""
    return there.device != device or push.number < there.number


def _bad(values: Values) -> bool:
    return any(value in ("yesterday", "behind", "{}", "magic") for value in values.values())


def _of_the_client(values: Values) -> Values:
    return {column: value for column, value in values.items() if column not in SERVER_COLUMNS}

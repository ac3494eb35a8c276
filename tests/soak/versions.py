"""Two versions at once: phones of one account whose apps are of different ages, and are updated on the way.

    python -m tests.soak.versions [--rounds 40] [--steps 400] [--database sqlite postgresql] [--seed 1]

Apps on both libraries create, edit and delete, write what cannot be read, lose answers and are updated, in a random
order. After every synchronisation the whole server is compared with what it was: nothing changed but the columns that
this phone's person wrote, all of which arrived, and the phone holds all that its version knows. A round is a new
account, whose phones all end at the newest version. `tests/server/sync/test_two_versions.py` is its short slice.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from server.timeline.daily_life import ONLY_PROFILE
from tests.phone import NoAnswer, Phone
from tests.postgresql import PostgreSQL
from tests.served import Served
from tests.soak.apps import ATTEMPTS, VERSIONS, AnswerLost, App, Key, Row, RxApp, Send, WatermelonApp
from tests.soak.each_database import on_each, parser_of

WHEN = "2026-03-01T08:30:00+01:00"
HALF = "xxxxxxxxx\ud83d"
NEWEST = VERSIONS[-1]
EDITED: dict[str, dict[str, tuple[Any, ...]]] = {
    "treatment_courses": {
        "name": ("Adapalene", "Tretinoin", "Benzoyl peroxide"),
        "stopped_on": (None, "2026-05-01", "2026-06-01"),
        "dose": (None, "0.1 %", "0.3 %", "a pea"),
        "note": (None, "stings", "better", "every other night"),
        "stop_reason": (None, "no_effect", "too dry"),
    },
    "side_effects": {"severity": (1, 2, 3), "ended_on": (None, "2026-05-01")},
    "reminders": {"title": ("Cream", "Gel"), "active": (True, False)},
    "profiles": {"skin_type": (None, 1, 2, 3), "sex": (None, "female", "other")},
}


class Account:
    """One patient's phones, and the server that they share; `observe` asks it for everything."""

    def __init__(self, sends: Sequence[Send], observe: Send, chance: random.Random) -> None:
        self._observe, self._chance, self.counts, self._number = observe, chance, Counter[str](), 0
        self._gone: set[Key] = set()
        kinds = (WatermelonApp, RxApp)
        self.apps: list[App] = [kinds[n % 2](send, version=(n // 2) % len(VERSIONS)) for n, send in enumerate(sends)]

    def run(self, steps: int) -> None:
        """Do so many things at random, then bring every phone to the newest version and to rest.

        Raises:
            AssertionError: something was lost, erased or missed.
        """
        things: list[Callable[[App], None]] = [self._create, self._edit, self._edit, self._delete]
        for _ in range(steps):
            app = self._chance.choice(self.apps)
            self._chance.choice([*things, self.synchronize, self.synchronize, self.synchronize])(app)
            if self._chance.random() < 0.01:
                self._update(app)
        for app in self.apps:
            while app.version < len(VERSIONS) - 1:
                self._update(app)
        for app in (*self.apps, *self.apps):
            self.synchronize(app)
        truth = self.truth()
        for app in self.apps:
            assert app.rows == truth, "all phones and the server hold the same"
        self.counts["rows"] += len(truth)

    def truth(self) -> dict[Key, Row]:
        """What the server holds, of the columns that the newest version knows."""
        changes = self._observe("GET", "/sync?limit=10000", None)["changes"]
        rows = [(table, row) for table in NEWEST for row in changes[table]["updated"]]
        return {(table, row["id"]): {name: row[name] for name in ("id", *NEWEST[table])} for table, row in rows}

    def synchronize(self, app: App) -> None:
        """Synchronise one phone, and hold what became of it against what its person did."""
        before = self.truth()
        wrote = {key: dict(columns) for key, columns in app.edited.items()}
        gone, app.loses_answers = set(app.deleted), self._chance.random() < 0.1
        lost = True
        with suppress(AnswerLost):
            app.synchronize()
            lost = False
        app.loses_answers = False
        self.counts["answers lost" if lost else "synchronisations"] += 1
        after = self.truth()
        for key, row in after.items():
            had = before.get(key, {"id": key[1], **dict.fromkeys(NEWEST[key[0]])})
            changed = {name: value for name, value in row.items() if had[name] != value}
            assert changed.items() <= wrote.get(key, {}).items(), ("only what was written changes", key, changed, wrote)
        assert before.keys() - after.keys() <= gone, "only what was deleted goes"
        assert not self._gone & after.keys(), "nothing deleted is back"
        self._gone |= before.keys() - after.keys()
        if not lost:
            self._arrived(app, wrote, before, after)

    def _arrived(self, app: App, wrote: dict[Key, Row], before: dict[Key, Row], after: dict[Key, Row]) -> None:
        assert not app.edited and not app.deleted, ("everything is sent", app.edited, app.deleted)
        for key, columns in wrote.items():
            if HALF in columns.values():
                assert key in app.refused and key not in after, "what cannot be read is refused alone"
                self.counts["refused"] += 1
            elif key in after:
                held = {name: after[key][name] for name in columns}
                assert held == columns, ("what was written arrives", key, columns, held)
                self.counts["writes arrived"] += 1
            else:
                assert key not in before, ("what was there and not deleted is there", key)
                assert key in app.refused or key in self._gone, ("what is not taken is refused or was deleted", key)
        known = {key: app.known(key[0], row) for key, row in after.items() if key[0] in app.schema}
        assert app.rows == known, "a phone holds all that its version knows"

    def _create(self, app: App) -> None:
        table = self._chance.choice([*app.schema])
        self._number += 1
        id, bad = f"{table[:5]}-{self._number:05}", self._chance.random() < 0.1
        note = self._chance.choice((None, "hello", "itchy"))
        course = {"kind": "topical", "started_on": "2026-01-05"}
        reminder = {"course_id": None, "time_of_day": "07:30", "weekdays": "135", "active": True}
        fixed: dict[str, Row] = {
            "visits": {"recorded_at": WHEN, "guided": True, "note": HALF if bad else note},
            "check_ins": {
                "recorded_at": WHEN,
                "itch": self._chance.randint(0, 10),
                "mood": 7,
                "bother": 3,
                "note": note,
            },
            "treatment_courses": {**course, "name": HALF if bad else "Adapalene", "dose": note},
            "side_effects": {"what": HALF if bad else "dry lips", "severity": 1, "started_on": "2026-02-01"},
            "reminders": {**reminder, "title": HALF if bad else "Cream"},
            "profiles": {"skin_type": 2},
        }
        if table == "profiles":
            id = ONLY_PROFILE
            if ("profiles", id) in self.truth() or any(("profiles", id) in each.rows for each in self.apps):
                return
        app.create(table, {"id": id, **fixed[table]})

    def _edit(self, app: App) -> None:
        rows = sorted(key for key in app.rows if key[0] in EDITED and HALF not in app.rows[key].values())
        if rows:
            key = self._chance.choice(rows)
            column = self._chance.choice([name for name in EDITED[key[0]] if name in app.schema[key[0]]])
            app.edit(key, column, self._chance.choice(EDITED[key[0]][column]))

    def _delete(self, app: App) -> None:
        rows = sorted(key for key in app.rows if key[0] != "profiles" and key not in app.edited)
        if rows and self._chance.random() < 0.2:
            app.delete(self._chance.choice(rows))

    def _update(self, app: App) -> None:
        if app.version < len(VERSIONS) - 1:
            app.update()  # type: ignore[attr-defined]
            self.counts["updates"] += 1


def over_http(phone: Phone) -> Send:
    """Return how an app asks a server in another process, which hangs up on who was silent for long."""

    def send(method: str, path: str, body: Any) -> Any:
        for _ in range(ATTEMPTS):
            with suppress(NoAnswer):
                status, _, answer = phone.send(method, f"{phone.timeline}{path}", body)
                assert status == 200, (method, path, answer[:500])
                return json.loads(answer)
        raise AssertionError(f"{method} {path}: no answer")

    return send


def prove(served: Served, rounds: int, steps: int, seed: int) -> Counter[str]:
    """Run so many accounts of six phones each, and return what happened how often."""
    counts = Counter[str]()
    for turn in range(rounds):
        first = Phone(served.port)
        first.sign_up()
        phones = [first, *(Phone(served.port, first.email) for _ in range(6))]
        for phone in phones[1:]:
            phone.sign_in()
        sends = [over_http(phone) for phone in phones]
        account = Account(sends[1:], sends[0], random.Random(f"{seed} {turn}"))
        account.run(steps)
        counts += account.counts
        counts["accounts"] += 1
        for phone in phones:
            phone.hang_up()
    return counts


def main(argv: Sequence[str] | None = None) -> None:
    """Run the proof on each database and print what happened."""
    parser = parser_of(__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="accounts on each database")
    parser.add_argument("--steps", type=int, default=400, help="things done on each account")
    options = parser.parse_args(argv)

    def proof(served: Served, _: PostgreSQL | None) -> Counter[str]:
        return prove(served, options.rounds, options.steps, options.seed)

    on_each(options, 2, proof)


if __name__ == "__main__":
    main()

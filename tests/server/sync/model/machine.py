"""Phones of two patients and a dermatologist, one server, and everything that goes wrong between them."""

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.server.sync.model import rows
from tests.server.sync.model.clinic import OWNERS, Clinic, Phone, Sent
from tests.server.sync.model.replica import Key
from tests.server.sync.model.traffic import pages_lead_through_everything, pull_page, push, settle, synchronize

Thing = TypeVar("Thing")

PEOPLE = ("kim", "kim", "lee")
"""Whose phones there are: one person's two are where conflicts come from."""

any_of = st.integers(0, 7)
"""Which of the things there are, counted round."""
limits = st.sampled_from([500, 1, 2, 3])
fates = st.sampled_from(["answered", "answered", "answer lost", "sent twice", "held up"])
scopes = st.sampled_from(["photos", "records", None])


def pick(things: Sequence[Thing], n: int) -> Thing:
    return things[n % len(things)]


class Machine(RuleBasedStateMachine):
    """Each rule is something that people, phones, networks or operators do."""

    make_clinic: ClassVar[Callable[[], Clinic]]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).steps -= 1  # Invariants are checked once before the first step.
        self.clinic = type(self).make_clinic()
        self.phones = [self.clinic.phone(person) for person in PEOPLE]
        self.readers = [self.clinic.phone("ito")]
        self.network: list[Sent] = []
        self.count = 0

    def check_invariants(self, *arguments: object) -> None:
        super().check_invariants(*arguments)  # type: ignore[arg-type]
        type(self).steps += 1

    def new_id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.count:05}"

    @rule(
        n=any_of,
        photos=st.integers(0, 2),
        assessed=st.booleans(),
        bad=st.sampled_from([None] * 9 + [*rows.BAD]),
        at_once=st.booleans(),
    )
    def write_visit(self, n: int, photos: int, assessed: bool, bad: str | None, at_once: bool) -> None:
        phone, visit = pick(self.phones, n), self.new_id("visit")
        records = [("visits", rows.visit(visit, phone.now()))]
        records += [("photos", rows.photo(self.new_id("photo"), visit)) for _ in range(photos)]
        if assessed:
            records.append(("assessments", rows.assessment(self.new_id("assess"), visit, phone.now())))
        for table, values in records:
            phone.own.create(table, {**values, **(rows.BAD[table] if table == bad else {})})
        if at_once:
            synchronize(self.clinic, phone)

    @rule(n=any_of, bad=st.sampled_from([False] * 7 + [True]))
    def start_course(self, n: int, bad: bool) -> None:
        course = {**rows.course(self.new_id("course")), **(rows.BAD["treatment_courses"] if bad else {})}
        pick(self.phones, n).own.create("treatment_courses", course)

    @rule(n=any_of, what=st.sampled_from(["check_ins", "intakes", "side_effects", "reminders", "profiles"]))
    def note(self, n: int, what: str) -> None:
        phone = pick(self.phones, n)
        if what == "check_ins":
            phone.own.create(what, rows.check_in(self.new_id("check-in"), phone.now()))
        elif what == "side_effects":
            phone.own.create(what, rows.side_effect(self.new_id("effect")))
        elif what == "reminders":
            phone.own.create(what, rows.reminder(self.new_id("reminder")))
        elif what == "profiles" and not self._seen(phone, "profiles"):
            phone.own.create(what, dict(rows.PROFILE))
        elif what == "intakes" and (courses := self._seen(phone, "treatment_courses")):
            phone.own.create(what, rows.intake(self.new_id("intake"), courses[0][1], phone.now()))

    @rule(n=any_of, which=any_of, column=any_of, value=any_of, at_once=st.booleans())
    def edit(self, n: int, which: int, column: int, value: int, at_once: bool) -> None:
        phone = pick(self.phones, n)
        if not (records := self._seen(phone, *rows.EDITED)):
            return
        key = pick(records, which)
        name, values = pick(sorted(rows.EDITED[key[0]].items()), column)
        phone.own.edit(key, name, pick(values, value))
        if at_once:
            self._edit_on_two_phones(phone, key, name, values, deleted=value % 2 == 1)

    def _edit_on_two_phones(self, phone: Phone, key: Key, name: str, values: Sequence[object], deleted: bool) -> None:
        """Two phones change what both have seen, the first twice, or it deletes it; neither pulls in between."""
        others = [each for each in self.phones if each.person == phone.person and each is not phone]
        for each in (phone, *others):
            synchronize(self.clinic, each)
        if deleted and key in phone.own.visible() and key[0] != "profiles":
            phone.deleted.update(phone.own.delete(key))
            push(self.clinic, phone)
        for number, each in enumerate((phone, *others, phone)):
            if key in each.own.visible():
                each.own.edit(key, name, values[number % len(values)])
                push(self.clinic, each)

    @rule(n=any_of, which=any_of)
    def amend_visit(self, n: int, which: int) -> None:
        phone = pick(self.phones, n)
        if visits := self._seen(phone, "visits"):
            amended = pick(visits, which)[1]
            phone.own.create("visits", rows.visit(self.new_id("visit"), phone.now(), amends=amended))

    @rule(
        n=any_of,
        which=any_of,
        table=st.sampled_from([*rows.BAD, "side_effects", "reminders", "intakes"]),
        at_once=st.booleans(),
    )
    def delete(self, n: int, which: int, table: str, at_once: bool) -> None:
        phone = pick(self.phones, n)
        if records := self._seen(phone, table):
            phone.deleted.update(phone.own.delete(pick(records, which)))
        if at_once:
            synchronize(self.clinic, phone)

    @rule(n=any_of, limit=limits, lost=st.booleans())
    def pull(self, n: int, limit: int, lost: bool) -> None:
        phone = pick(self.phones, n)
        if phone.signed_in and not phone.own.posting_everything:
            pull_page(self.clinic, phone, phone.person, limit, lost)

    @rule(n=any_of, fate=fates)
    def push(self, n: int, fate: str) -> None:
        phone = pick(self.phones, n)
        if phone.signed_in:
            self.network.append(push(self.clinic, phone, fate))

    @rule(n=any_of)
    def synchronize(self, n: int) -> None:
        synchronize(self.clinic, pick([*self.phones, *self.readers], n))

    @rule(n=any_of, other=any_of)
    def push_slowly(self, n: int, other: int) -> None:
        """A push that is committed only after another phone has synchronised."""
        if (phone := pick(self.phones, n)).signed_in:
            sent = push(self.clinic, phone, "held up")
            synchronize(self.clinic, pick(self.phones, other))
            self.clinic.deliver(sent)

    @precondition(lambda self: self.network)
    @rule(n=any_of)
    def an_old_request_arrives(self, n: int) -> None:
        self.clinic.deliver(pick(self.network[::-1], n))

    @rule(n=any_of, owner=st.sampled_from(OWNERS), limit=limits)
    def read(self, n: int, owner: str, limit: int) -> None:
        reader = pick(self.readers, n)
        if reader.signed_in:
            pull_page(self.clinic, reader, owner, limit)

    @rule(n=any_of, which=any_of)
    def upload(self, n: int, which: int) -> None:
        phone = pick(self.phones, n)
        if phone.signed_in and (photos := self._seen(phone, "photos")):
            self.clinic.upload(phone, pick(photos, which)[1])

    @rule(n=any_of, hours=st.sampled_from([0, 0.001, 1, 1000]), jump=st.integers(-100_000, 100_000))
    def clocks_go(self, n: int, hours: float, jump: int) -> None:
        self.clinic.site.clock.pass_by(hours=hours)
        pick(self.phones, n).offset = timedelta(hours=jump)

    @rule(n=any_of)
    def reinstall(self, n: int) -> None:
        place = n % len(self.phones)
        lost = self.phones[place]
        self.phones[place] = self.clinic.phone(lost.person)
        self.clinic.owe_only_what_is_held(self.phones)

    @rule(n=any_of)
    def sign_out(self, n: int) -> None:
        phone = pick([*self.phones, *self.readers], n)
        if phone.signed_in:
            self.clinic.sign_out(phone)

    @rule(owner=st.sampled_from(OWNERS), scope=scopes)
    def share(self, owner: str, scope: str | None) -> None:
        if scope is None:
            self.clinic.stop_sharing(owner)
        else:
            self.clinic.share(owner, scope)

    @rule(restart=st.sampled_from([False, False, False, True]))
    def back_up(self, restart: bool) -> None:
        self.clinic.back_up()
        if restart:
            self.clinic.restart()

    @precondition(lambda self: self.clinic.backups)
    @rule(n=any_of)
    def restore(self, n: int) -> None:
        self.clinic.restore(pick(self.clinic.backups[::-1], n), self.phones)

    @rule()
    def come_to_rest(self) -> None:
        settle(self.clinic, self.phones, self.readers)

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            settle(self.clinic, self.phones, self.readers)
            pages_lead_through_everything(self.clinic)
        self.clinic.site.stop()

    def _seen(self, phone: Phone, *tables: str) -> list[Key]:
        return sorted(key for key in phone.own.visible() if key[0] in tables)

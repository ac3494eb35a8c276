"""Everybody and the server together: who asks what, what comes back, and whether that may be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from server.sync.cursor import EPOCH
from tests.server.sync.model.ledger import Ledger, require
from tests.server.sync.model.replica import Key, Push, Replica, Values
from tests.server.sync.model.rows import JPEG
from tests.server.sync.model.site import START, SignedIn, Site, email_of
from tests.server.sync.model.wire import Answer, Wire

OWNERS = ("kim", "lee")
OWNERS_ONLY = {"reminders", "grants"}
EVERYTHING = 2000
TOKEN_LASTS = timedelta(days=180)


class Phone:
    """A device of one person, with a clock of its own and a replica of each timeline it reads."""

    def __init__(self, person: str, signed: SignedIn, now: Callable[[], datetime]) -> None:
        self.person, self.signed, self._now = person, signed, now
        self.signed_in = True
        self.offset = timedelta()
        self.replicas = {person: Replica()} if person in OWNERS else {owner: Replica() for owner in OWNERS}
        self.deleted: set[Key] = set()
        """What the person deleted here and never wants to see again."""

    @property
    def own(self) -> Replica:
        return self.replicas[self.person]

    def now(self) -> datetime:
        """What this phone's clock shows."""
        return self._now() + self.offset


@dataclass(frozen=True)
class Sent:
    """A push on its way."""

    signed: SignedIn
    push: Push


@dataclass
class Shared:
    """What a patient last decided about one dermatologist; `sure` until a restore may have forgotten a grant."""

    scope: str | None = None
    grant: str | None = None
    sure: bool = True
    changes: int = 0


@dataclass(frozen=True)
class Backup:
    """A backup, and what was true when it was taken."""

    backup: Any
    ledgers: dict[str, Ledger]
    tokens: set[str]


@dataclass
class Clinic:
    """The server under test and the oracle of each timeline; made anew for each run of the machine."""

    site: Site
    wire_to: Callable[[Site], Wire]
    replica: type[Replica] = Replica
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    shared: dict[str, Shared] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    """Tokens that a restored backup may not know."""
    issued: dict[str, str] = field(default_factory=dict)
    """The device of each token."""
    restores: int = 0
    backups: list["Backup"] = field(default_factory=list)
    epochs: dict[tuple[str, str, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.site.begin_again()
        self.observers = {owner: self._signed_in(owner) for owner in OWNERS}
        self.ledgers = {owner: Ledger() for owner in OWNERS}
        self.shared = {owner: Shared() for owner in OWNERS}
        self.wire = self.wire_to(self.site)
        for owner in OWNERS:
            self.observe(owner)

    def phone(self, person: str) -> Phone:
        phone = Phone(person, self._signed_in(person), self.site.clock.now)
        phone.replicas = {owner: self.replica() for owner in phone.replicas}
        return phone

    def sign_in(self, phone: Phone) -> None:
        """Sign in anew on a phone that keeps what it has."""
        if not phone.signed_in:
            phone.signed, phone.signed_in = self._signed_in(phone.person, phone.signed.device), True

    def _signed_in(self, person: str, device: str | None = None) -> SignedIn:
        signed = self.site.sign_in(person, device)
        self.issued[signed.token] = signed.device
        return signed

    def sign_out(self, phone: Phone) -> None:
        """Sign a phone out; what it holds and has not sent stays on it."""
        answer = self.wire.sign_out(phone.signed.token, phone.signed.device)
        if answer.status >= 300:
            self._judge_refusal(phone.signed, answer)
        self.revoked.add(phone.signed.token)
        phone.signed_in = False
        after = self.wire.pull(phone.signed.token, self.site.timelines[OWNERS[0]], 0, EVERYTHING)
        require(after.status == 401, "who is signed out reads nothing", after)

    def restart(self) -> None:
        self.site.restart()
        self.wire = self.wire_to(self.site)

    def back_up(self) -> None:
        ledgers = {owner: ledger.copy() for owner, ledger in self.ledgers.items()}
        self.backups.append(Backup(self.site.back_up(), ledgers, set(self.issued)))

    def restore(self, backup: Backup, phones: Sequence[Phone]) -> None:
        """Put a backup in the server's place; the phones and the patients' decisions stay as they are."""
        self.site.restore(backup.backup)
        self.wire = self.wire_to(self.site)
        self.restores += 1
        signed_out = {self.issued[token] for token in self.revoked}
        self.forgotten |= {
            token for token in self.issued if token not in backup.tokens or self.issued[token] in signed_out
        }
        for owner in OWNERS:
            held = {key for phone in phones if phone.person == owner for key in phone.own.rows}
            self.ledgers[owner] = self.ledgers[owner].restored(backup.ledgers[owner], held)
            self.shared[owner].sure = False
            self.observe(owner)

    def owe_only_what_is_held(self, phones: Sequence[Phone]) -> None:
        """A phone was lost: what nobody else holds cannot come back."""
        for owner, ledger in self.ledgers.items():
            ledger.owed &= {key for phone in phones if phone.person == owner for key in phone.own.rows}

    def share(self, owner: str, scope: str) -> None:
        """Let the dermatologist read the timeline, or change what they read of it."""
        self.observe(owner)
        token, timeline, shared = self.observers[owner].token, self.site.timelines[owner], self.shared[owner]
        answer = self.wire.share(token, timeline, email_of("ito"), scope)
        require(answer.status < 300, "a patient can share", answer)
        self.shared[owner] = Shared(scope, answer.body["id"], True, shared.changes + (scope != shared.scope))
        self.observe(owner)

    def stop_sharing(self, owner: str) -> None:
        shared = self.shared[owner]
        if shared.grant is None:
            return
        self.observe(owner)
        answer = self.wire.revoke(self.observers[owner].token, self.site.timelines[owner], shared.grant)
        require(answer.status < 300 or not shared.sure, "a patient can stop sharing", answer)
        if answer.status < 300:
            self.shared[owner] = Shared(None, None, True, shared.changes)
        self.observe(owner)

    def upload(self, phone: Phone, photo: str) -> None:
        """Send a photo's bytes, which the record has to be on the server for."""
        owner = phone.person
        answer = self.wire.put_photo(phone.signed.token, self.site.timelines[owner], photo, JPEG)
        if answer.status == 401:
            self._judge_refusal(phone.signed, answer)
        else:
            known = ("photos", photo) in self.ledgers[owner].living
            require((answer.status < 300) == known, "a photo is taken when its record is there", known, answer)
        self.observe(owner)

    # What is asked, and whether the answer may be

    def observe(self, owner: str, reader: SignedIn | None = None) -> dict[Key, Values]:
        """Everything that the owner (or another reader) may see, pulled from the beginning."""
        timeline = self.site.timelines[owner]
        asks = reader or self.observers[owner]
        answer = self.wire.pull(asks.token, timeline, 0, EVERYTHING)
        if answer.status == 401 and reader is None:
            self._judge_refusal(asks, answer)
            asks = self.observers[owner] = self._signed_in(owner, asks.device)
            answer = self.wire.pull(asks.token, timeline, 0, EVERYTHING)
        require(answer.status == 200, "everything can be pulled", asks.person, answer)
        self.judge_page(owner, asks.person, answer.body, 0, EVERYTHING)
        truth = contents(answer.body)
        if reader is None:
            self.heads[owner] = answer.body["timestamp"]
            self.ledgers[owner].agrees(truth)
        return truth

    def deliver(self, sent: Sent) -> Answer:
        """Let a push reach the server; hold what it promises against what it promised."""
        owner, push = sent.signed.person, sent.push
        before = self.heads[owner]
        answer = self.wire.push(sent.signed.token, self.site.timelines[owner], push.changes, push.cursor, push.number)
        if answer.status == 200:
            require(sent.signed.token not in self.revoked, "who is signed out writes nothing", answer)
            require(push.cursor == 0 or push.cursor // EPOCH == before // EPOCH, "no cursor outlives its epoch", push)
            self.ledgers[owner].answered(sent.signed.device, push, answer.body["rejected"], before % EPOCH)
        elif answer.status == 410:
            require(push.cursor // EPOCH != before // EPOCH, "a cursor holds until a restore", push, before, answer)
        else:
            self._judge_refusal(sent.signed, answer)
        self.observe(owner)
        return answer

    def pull(self, phone: Phone, owner: str, limit: int) -> Answer:
        """Pull the next page for a phone and return the answer, judged and not yet applied."""
        replica = phone.replicas[owner]
        answer = self.wire.pull(phone.signed.token, self.site.timelines[owner], replica.cursor, limit)
        if answer.status == 200:
            require(phone.signed.token not in self.revoked, "who is signed out reads nothing", answer)
            self.judge_page(owner, phone.person, answer.body, replica.cursor, limit)
        elif answer.status == 410:
            reason = "restored" if phone.person == owner else "scope"
            require(answer.body["reason"] == reason, "a 410 says what to do", answer)
            require(replica.cursor != 0, "the beginning is of every epoch", answer)
            if phone.person == owner:
                require(replica.cursor // EPOCH != self.heads[owner] // EPOCH, "a cursor holds until a restore", answer)
        elif answer.status in (403, 404):
            shared = self.shared[owner]
            ended = phone.person != owner and (shared.scope is None or not shared.sure)
            require(ended, "what is shared can be read", answer, shared)
        else:
            self._judge_refusal(phone.signed, answer)
        return answer

    def judge_page(self, owner: str, person: str, page: dict[str, Any], cursor: int, limit: int) -> None:
        """Hold a page against what its reader may see, and its cursor against those handed out before."""
        shared = self.shared[owner]
        sizes = [len(part[kind]) for part in page["changes"].values() for kind in ("created", "updated", "deleted")]
        require(sum(sizes) <= limit, "a page is no longer than asked for", limit, sizes)
        if person != owner:
            require(shared.scope is not None, "nobody reads what is not shared", owner, person)
            hidden = OWNERS_ONLY if shared.scope == "photos" else OWNERS_ONLY | {"photos", "spots"}
            seen = {table for table in hidden if any(page["changes"].get(table, {}).values())}
            require(not seen, "nobody reads more than is shared", owner, person, shared, seen)
        timestamp, changes = page["timestamp"], 0 if person == owner else shared.changes
        moved = timestamp > cursor if page["has_more"] else timestamp >= cursor
        require(moved or timestamp // EPOCH != cursor // EPOCH, "a cursor only goes forward", cursor, timestamp)
        times = self.epochs.setdefault((owner, person, timestamp // EPOCH), (self.restores, changes))
        require(times == (self.restores, changes), "an epoch never comes twice", owner, person, timestamp // EPOCH)

    def _judge_refusal(self, signed: SignedIn, answer: Answer) -> None:
        require(answer.status == 401, "a client is answered", answer)
        ended = signed.token in self.revoked or signed.token in self.forgotten
        unused = answer.body["code"] == "token_expired" and self.site.clock.now() - START > TOKEN_LASTS
        require(ended or unused, "a token holds until it is revoked", answer)


def contents(page: dict[str, Any]) -> dict[Key, Values]:
    """The rows of a page that holds everything."""
    rows: dict[Key, Values] = {}
    for table, part in page["changes"].items():
        for row in (*part["created"], *part["updated"]):
            require((table, row["id"]) not in rows, "a row comes once", table, row["id"])
            require(row["id"] not in part["deleted"], "a row is there or deleted", table, row["id"])
            rows[table, row["id"]] = row
    return rows

"""Whole synchronisations, each request of which may go astray, and the rest that everything comes to."""

from collections.abc import Sequence

from tests.server.sync.model.clinic import OWNERS, Clinic, Phone, Sent
from tests.server.sync.model.ledger import Violation, require

ROUNDS = 8
"""In how many synchronisations of everybody all has to come to rest."""

PAGE = 50


def pull_page(clinic: Clinic, phone: Phone, owner: str, limit: int, lost: bool = False) -> bool:
    """Pull one page, unless its answer is lost on the way; return whether there is more to pull at once."""
    replica = phone.replicas[owner]
    answer = clinic.pull(phone, owner, limit)
    if lost:
        return False
    if answer.status == 200:
        replica.pulled(answer.body)
        return bool(answer.body["has_more"])
    if answer.status == 410:
        replica.resync(answer.body["reason"])
        return not replica.posting_everything
    if answer.status == 401:
        phone.signed_in = False
    else:
        replica.wipe()
    return False


def push(clinic: Clinic, phone: Phone, fate: str = "answered") -> Sent:
    """Send what is unsent; return the request, which a network may deliver once more, or for the first time."""
    sent = Sent(phone.signed, phone.own.push())
    if fate == "held up":
        return sent
    answer = clinic.deliver(sent)
    if fate == "sent twice":
        answer = clinic.deliver(sent)
    if fate != "answer lost":
        if answer.status == 200:
            phone.own.pushed(sent.push, answer.body)
        elif answer.status == 410:
            phone.own.resync(answer.body["reason"])
        else:
            phone.signed_in = False
    return sent


def synchronize(clinic: Clinic, phone: Phone) -> None:
    """What an app does when it has time: pull everything, then push everything; a phone that only reads, pulls."""
    clinic.sign_in(phone)
    for owner, replica in phone.replicas.items():
        if replica.posting_everything:
            push(clinic, phone)
        while pull_page(clinic, phone, owner, PAGE):
            pass
        if replica.posting_everything:
            synchronize(clinic, phone)
        elif phone.person == owner and replica.pending():
            push(clinic, phone)


def settle(clinic: Clinic, phones: Sequence[Phone], readers: Sequence[Phone]) -> None:
    """Let everybody synchronise until nothing changes; then all hold the same, and it is what was promised."""
    everybody = [*phones, *readers]
    for _ in range(ROUNDS):
        before = [replica.state() for phone in everybody for replica in phone.replicas.values()]
        for phone in everybody:
            synchronize(clinic, phone)
        after = [replica.state() for phone in everybody for replica in phone.replicas.values()]
        signed_in = all(phone.signed_in for phone in everybody)  # Who was just refused comes again.
        if signed_in and before == after and not any(phone.own.pending() for phone in phones):
            break
    else:
        waiting = {key: phone.own.rows[key] for phone in phones for key in phone.own.pending()}
        raise Violation(f"everything comes to rest: {waiting}")
    for owner in OWNERS:
        truth = clinic.observe(owner)
        missing = clinic.ledgers[owner].owed - truth.keys() - clinic.ledgers[owner].dead
        require(not missing, "what a backup lacked comes back from the phones", missing)
        for phone in phones:
            if phone.person == owner:
                _same(truth, phone, owner)
                back = phone.deleted & (truth.keys() | phone.own.visible().keys())
                require(not back, "what was deleted on a phone is deleted everywhere", back)
        for reader in readers:
            shared = clinic.shared[owner].scope is not None and reader.replicas[owner].cursor
            _same(clinic.observe(owner, reader.signed) if shared else {}, reader, owner)


def _same(truth: dict, phone: Phone, owner: str) -> None:
    held = phone.replicas[owner].visible()
    different = {key for key in truth.keys() | held.keys() if truth.get(key) != held.get(key)}
    shown = [(key, truth.get(key), held.get(key)) for key in sorted(different)[:2]]
    require(not different, "all replicas and the server hold the same", phone.person, shown)


def pages_lead_through_everything(clinic: Clinic) -> None:
    """Pull each timeline row by row: every page holds one, and together they are everything."""
    for owner in OWNERS:
        reader = clinic.phone(owner)
        while pull_page(clinic, reader, owner, 1):
            pass
        _same(clinic.observe(owner), reader, owner)

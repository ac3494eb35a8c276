"""How far the visits are that are assessed again."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select

from server.foundation import db
from server.reassessment.models import Reassessment


@dataclass(frozen=True)
class Tally:
    """How many visits wait, are done, and were refused; `reasons` counts the refused by their codes."""

    waiting: int = 0
    done: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.done + self.refused

    def __str__(self) -> str:
        why = ", ".join(f"{count} {code}" for code, count in sorted(self.reasons.items()))
        refused = f", {self.refused} cannot be ({why})" if self.refused else ""
        return f"{self.done} of {self.total} visits assessed again, {self.waiting} wait{refused}"


def tally(timeline_id: str | None = None) -> Tally:
    """Return how far it is, of one timeline or of all."""
    states = select(Reassessment.state, Reassessment.reason, func.count()).group_by(
        Reassessment.state, Reassessment.reason
    )
    if timeline_id is not None:
        states = states.where(Reassessment.timeline_id == timeline_id)
    counted: Counter[str] = Counter()
    reasons: dict[str, int] = {}
    for state, reason, count in db.session().execute(states):
        counted[state] += count
        if reason:
            reasons[reason] = count
    return Tally(counted["waiting"], counted["done"], counted["refused"], reasons)

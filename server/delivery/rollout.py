"""Which of the released versions a timeline gets: the newest that is out for it and that its app can run."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from mobile_models.version import Version
from server.delivery.models import ModelRelease
from server.delivery.shelf import Shelved, built_in, in_store
from server.foundation import db


@dataclass(frozen=True)
class Offer:
    """One version that is here, and to how many timelines it is out."""

    bundle: Shelved
    rollout_percent: int = 100
    blocked: bool = False
    fallback: bool = False
    """Whether it is the built-in bundle, which is also out for whom no other fits."""
    last: bool = False
    """Whether it is out for nobody else, because another is out for everybody."""

    def is_for(self, timeline_id: str) -> bool:
        """Return whether the version is out for a timeline: the same answer for all of a patient's devices.

        Who is first is drawn anew for every version; raising the percentage only ever adds timelines.
        """
        return not self.blocked and _draw(self.bundle, timeline_id) < self.rollout_percent


@dataclass(frozen=True)
class Released:
    """A line of models as its operator released it: what is here, newest first, and what is withdrawn."""

    offers: Sequence[Offer]
    blocked: frozenset[str]

    def newest_for(self, timeline_id: str, app_version: Version, platform: str | None = None) -> Shelved | None:
        """Return the newest version that is out for a timeline and runs in an app of that version."""
        fitting = (offer.bundle for offer in self.out_for(timeline_id))
        return next((bundle for bundle in fitting if bundle.runs_on(platform, app_version)), None)

    def out_for(self, timeline_id: str) -> Sequence[Offer]:
        """Return what is out for a timeline, newest first, and at the end what is left for whom none of that fits."""
        drawn = [offer for offer in self.offers if offer.is_for(timeline_id) and not offer.last]
        left = [offer for offer in self.offers if offer.fallback and not offer.blocked and offer not in drawn]
        return [*drawn, *left]


def released(line: str) -> Released:
    """Return what is released of a line.

    Until another version is out for everybody the built-in bundle is, whatever share it was published to; then its own
    share holds, and it is the fallback of apps that the other does not run in. Blocked it is out for nobody.
    """
    rows = {row.version: row for row in db.session().scalars(select(ModelRelease).filter_by(line=line))}
    offers = []
    for row in rows.values():
        bundle = in_store(line, row.version)
        if bundle is not None:
            offers.append(Offer(bundle, row.rollout_percent, row.blocked))
    own = built_in()
    if own is not None and own.line == line:
        others = [offer for offer in offers if offer.bundle.name != own.name]
        own_row = rows.get(own.name)
        replaced = any(offer.rollout_percent == 100 and not offer.blocked for offer in others)
        share = own_row.rollout_percent if own_row is not None and replaced else 100
        as_published = next((offer.bundle for offer in offers if offer.bundle.name == own.name), own)
        blocked = own_row is not None and own_row.blocked
        offers = [*others, Offer(as_published, share, blocked, fallback=True, last=replaced and own_row is None)]
    offers.sort(key=lambda offer: offer.bundle.version, reverse=True)
    return Released(offers, frozenset(version for version, row in rows.items() if row.blocked))


def _draw(bundle: Shelved, timeline_id: str) -> int:
    """Return a number from 0 to 99 that a timeline keeps for as long as this version is out."""
    drawn = hashlib.sha256(f"{bundle.line}/{bundle.name}/{timeline_id}".encode()).digest()
    return int.from_bytes(drawn[:8]) % 100

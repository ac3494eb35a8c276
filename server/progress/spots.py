"""Spots that a patient follows because they are, as far as the patient can tell, no pimples."""

from collections.abc import Sequence

from server.progress.records import VisitRecord, by_visit
from server.timeline.models import Spot

LOOKED: dict[bool | None, str] = {True: ", still there", False: ", gone since", None: ""}


def spot_words(timeline_id: str, visit: VisitRecord) -> dict[str, Sequence[str]]:
    """Return what is to be said of each followed spot of a visit, by the photo that it was marked on."""
    said: dict[str, list[str]] = {}
    for spot in by_visit(Spot, timeline_id)[visit.id]:
        note = f"“{spot.note}”, " if spot.note else ""
        place = f"{spot.x:.0%} from the left, {spot.y:.0%} from the top".replace("%", " %")
        words = f"The patient follows a spot here: {note}{place}{LOOKED[spot.still_there]}."
        said.setdefault(spot.photo_id, []).append(words)
    return dict(said)

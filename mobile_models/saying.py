"""What is said of a visit beside its counts, and what is not: reasons against a result, and findings."""

from __future__ import annotations

from collections.abc import Sequence

from mobile_models.assessment import Said
from mobile_models.counts import ExpectedCounts
from mobile_models.quality import Gate, Quality

NO_WHOLE_FACE = "no_whole_face"


def why_unavailable(qualities: Sequence[Quality]) -> Said | None:
    """Why nothing may be said of a visit: the first of its photos that cannot be judged."""
    for quality in qualities:
        if quality.unavailable:
            return Said(quality.unavailable, quality.messages[quality.unavailable])
    return None


def findings_of(expected: ExpectedCounts, gate: Gate) -> tuple[Said, ...]:
    """What is told beside the counts. Deep spots are spoken of whatever the photo's quality."""
    findings = {"deep_spots": expected.nodules_at_least(1) >= gate.table["deep_spots_from"]}
    return tuple(Said(code, gate.table["messages"][code]) for code, is_so in findings.items() if is_so)


def why_ungraded(qualities: Sequence[Quality], unavailable: Said | None, gate: Gate) -> str | None:
    """Why no grade is given; None where one may be.

    A photo that is warned of for lost lesions is counted but not graded: blur makes nodules of papules.
    """
    if unavailable:
        return unavailable.message
    for quality in qualities:
        if NO_WHOLE_FACE in quality.notes:
            return quality.messages[NO_WHOLE_FACE]
        if quality.kept < gate.table["warn_below"]:
            return quality.messages[quality.warnings[0]]
    return None

"""Golden series: visits as a phone may hold them, and what every port must say of each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mobile_models.bundle import Bundle
from mobile_models.series.comparable import Assessed, compare
from mobile_models.series.follow import follow
from mobile_models.series.visits import Visit
from mobile_models.zones import ZONES

Series = Mapping[str, Any]

DESIGN = [[-1, 22.4, 1], [0, 25.1, 1], [1, 20.2, 1], [2, 17.5, 3], [4, 12, 3], [5.5, 3, 3], [6, 11.2, 3]]
DESIGN += [[8, 9.1, 3], [12, 6, 3]]
FALLING = [[week, 20 - 15 * week / 12, 3] for week in range(13)]
CLEARED = [21.3, 19.2, 22.8, 17.1, 12.4, 9.6, 7.9, 6.1, 5.8, 4.9, 5.2, 4.4, 5.1, 3.9, 4.6, 4.1]
BACK = [4.8, 4.2, 5.3, 7.7, 9.4, 12.9, 15.2, 17.8, 19.5, 18.7]
RELAPSE = [[week - 2, count, 1.9] for week, count in enumerate([*CLEARED, 4.3, 5.0, 3.8, 4.7, 4.4, *BACK])]
SPOILT = [[week, 0.5 if week == 7 else 18 + (week * 7 % 5) - 2, 1] for week in range(14)]
IRREGULAR = [[0, 12.5, 1], [0.14, 14, 1], [3, 11, 2], [11.57, 0, 1], [12, 4.2, 1.55], [40, 9.75, 1.9], [41.5, 7, 1]]


def _assessed(week: float, counts: Sequence[float], *, frames: int = 1, model: str = "a") -> dict[str, Any]:
    return {"week": week, "zones": dict(zip(ZONES, counts, strict=True)), "frames": frames, "model": model}


def _without(visit: dict[str, Any], *missing: str) -> dict[str, Any]:
    return {**visit, "zones": {zone: count for zone, count in visit["zones"].items() if zone not in missing}}


WHOLE = [_assessed(week, [6 - week / 3, 4.5, 5 - week / 4, 0.8, 3.1], frames=3) for week in range(10)]

SERIES: Mapping[str, Series] = {
    "design": {"sem": 0.62, "visits": DESIGN, "changes": [0]},
    "falling": {"sem": 0.62, "visits": FALLING, "changes": [0]},
    "no-course": {"sem": 0.62, "visits": FALLING},
    "on-treatment-at-joining": {"sem": 0.62, "visits": FALLING, "changes": [-8]},
    "planned-course": {"sem": 0.62, "visits": FALLING, "changes": [14]},
    "relapse": {"visits": RELAPSE, "changes": [0]},
    "relapse-found": {"visits": RELAPSE, "changes": [0], "found": True},
    "relapse-entered": {"visits": RELAPSE, "changes": [0, 19.5]},
    "one-bad-photo": {"visits": SPOILT, "changes": [2]},
    "irregular": {"visits": IRREGULAR, "changes": [1, 11.6, 11.6]},
    "model-break": {"visits": FALLING, "changes": [0], "breaks": [6]},
    "one-visit": {"visits": [[3, 17.25, 1]]},
    "clear-throughout": {"visits": [[week, 0, 1] for week in range(8)], "changes": [3]},
    "unavailable-visit": {
        "assessed": [*WHOLE[:4], {"week": 4, "zones": None, "frames": 1, "model": "a"}, *WHOLE[5:]],
        "changes": [1],
    },
    "missing-zones": {"assessed": [*WHOLE[:3], _without(WHOLE[3], "nose"), *WHOLE[4:]], "changes": [1]},
    "one-cheek": {
        "assessed": [*WHOLE[:5], _without(WHOLE[5], "forehead", "right_cheek", "nose", "chin"), *WHOLE[6:]],
        "changes": [1],
    },
    "another-model": {"assessed": [*WHOLE[:5], *({**visit, "model": "b"} for visit in WHOLE[5:])], "changes": [1]},
}
"""Each as a line of `python -m mobile_models change` takes it, or with what was "assessed" at each visit."""


def answer_to(series: Series, bundle: Bundle) -> dict[str, Any]:
    """What is said of a golden series: "states", and where zones decide which visits are compared, "compared"."""
    constants = bundle.change
    if "sem" in series:
        constants = replace(constants, sem=series["sem"])
    changes, breaks, take_found = series.get("changes", []), series.get("breaks", []), series.get("found", False)
    if "visits" in series:
        visits = [Visit(*visit) for visit in series["visits"]]
        states = follow(visits, changes, breaks, constants=constants, found=take_found)
        return {"states": [state.to_json() for state in states]}
    assessed = [Assessed(**visit) for visit in series["assessed"]]
    compared = compare(assessed, bundle.zones.area_share, constants)
    states = follow(compared.visits, changes, compared.breaks, constants=constants, found=take_found)
    visits_compared = {
        "visits": [[visit.week, visit.count, visit.frames] for visit in compared.visits],
        "zones": list(compared.zones),
        "breaks": list(compared.breaks),
    }
    return {"compared": visits_compared, "states": [state.to_json() for state in states]}

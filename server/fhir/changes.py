"""What is said of the series of visits: an observation for each earlier time that the latest visit is compared with."""

from typing import Any

from mobile_models.series.follow import Interval
from mobile_models.series.verdict import Question
from server.fhir.coding import AI_ASSERTED, IMAGING, concept
from server.progress.following import Followed
from server.progress.progress import Progress
from server.progress.words.verdicts import answers_of, headline
from server.timeline.dates import with_plain_offset

Reference = dict[str, Any]

METHOD = (
    "Kalman filter of the square root of expected counts over all visits, over the zones that all of them show; the "
    "manifest of the device names its numbers. Simulated false-alarm rates stand in its model card. Not a diagnosis, "
    "and no proof that a treatment did it."
)


def changes(progress: Progress, subject: Reference, device: Reference) -> list[tuple[str, dict[str, Any]]]:
    """Return (name, Observation) for each statement on the latest visit."""
    followed = progress.followed
    if followed.told is None:
        return []
    observed, first = [], headline(progress)
    for statement, verdict in answers_of(followed):
        components = [
            _number("number-now", followed.told.states[-1].now),
            _number("number-then", statement.since.now),
            _number("level-now", followed.told.states[-1].level),
            _number("level-then", statement.since.level),
            _score("z-face", statement.since.face),
            _score("z-trend", statement.since.trend),
        ]
        if statement.question is Question.START:
            components.append(_score("half-probability", followed.told.states[-1].half))
        says = f"{verdict.says}. {verdict.because}"
        if followed.told.relapse and first and statement.question is Question.BEST:
            says = f"{first.says}. {says}"
        observation = {
            "resourceType": "Observation",
            "meta": {"security": [AI_ASSERTED]},
            "status": "preliminary",
            "category": [IMAGING],
            "code": concept("inflammatory-change", verdict.about),
            "subject": subject,
            "effectivePeriod": _period(followed, statement.since.week),
            "bodySite": {"text": "Face"},
            "device": device,
            "method": {"text": METHOD},
            "valueString": says,
            "component": components,
        }
        observed.append((statement.question.value, observation))
    return observed


def _period(followed: Followed, week: float) -> dict[str, str]:
    then, now = followed.at(week), followed.latest
    return {"start": with_plain_offset(then.at).isoformat(), "end": with_plain_offset(now.at).isoformat()}


def _number(code: str, number: Interval) -> dict[str, Any]:
    text = f"{number.mid:.1f} (80 % interval {number.low:.1f} to {number.high:.1f})"
    return {"code": concept(code), "valueQuantity": {"value": round(number.mid, 2)}, "interpretation": [{"text": text}]}


def _score(code: str, value: float) -> dict[str, Any]:
    return {"code": concept(code), "valueQuantity": {"value": round(value, 4)}}

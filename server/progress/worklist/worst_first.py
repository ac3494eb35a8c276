"""What "worst first" means in the dermatologist's list, and why each patient stands where they do.

Patients are ordered by, one after the other (`entries.Entry.place`):

1. what cannot wait for the grade: a newest visit that no model has judged; worse, also than at the best, however far
   below the start it still is, so that a relapse is seen before it has undone the whole response; no photo for weeks;
2. the latest visit's estimated IGA, highest first; those without one come last;
3. what is told of the inflammatory count from all visits: worse first, better last;
4. the latest inflammatory count, highest first;
5. the name, so that the order never depends on chance.
"""

from dataclasses import dataclass

from mobile_models.grading.instruments import IGA
from mobile_models.lesions import INFLAMMATORY
from server.progress.progress import Progress
from server.progress.words.verdicts import headline

RANK = {"worse": 0, "same": 1, "unknown": 1, "better": 2}


@dataclass(frozen=True)
class Reason:
    """One of the things that place a patient; `tone` is better, worse or plain."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Standing:
    """What a patient is ordered by; `inflammatory` is None where no visit is assessed.

    `trend` is worse, same, better or unknown, and `said` is what is told first on the patient's page, in short.
    """

    iga: int | None = None
    inflammatory: int | None = None
    trend: str = "unknown"
    said: str = ""


def standing(progress: Progress) -> Standing:
    """Return one patient's standing."""
    latest = progress.latest
    if latest is None or latest.assessment is None:
        return Standing()
    iga = latest.assessment.grade(IGA).number
    inflammatory = latest.assessment.counts[INFLAMMATORY].value
    said = headline(progress)
    if said is None:
        return Standing(
            iga, inflammatory, said="cannot be compared" if progress.followed.unavailable else "too few visits"
        )
    return Standing(iga, inflammatory, said.tone, said.short)


def reasons(standing: Standing) -> list[Reason]:
    """Return in words why a patient stands where they do, but for the IGA, which their line shows by itself."""
    if standing.inflammatory is None:
        return [Reason("no assessed visit")]
    tone = standing.trend if standing.trend in ("worse", "better") else "plain"
    said = f"{standing.said[:1].lower()}{standing.said[1:]}"
    return [Reason(said, tone), Reason(f"{standing.inflammatory} inflammatory")]

"""The demonstration clinic's patients: who they are, what they take and how their skin answers.

Every name is invented. ``activity`` rows are (day, comedones, papules, pustules, nodules) expected on the face.
"""

from __future__ import annotations

from dataclasses import dataclass

from mobile_models.zones import FRONT, VIEWS
from training.synthetic.course import Activity
from training.synthetic.identity import Identity, sample_identity


@dataclass(frozen=True)
class Course:
    """One treatment; days count from the first visit, ``stopped_day`` None while it goes on."""

    name: str
    kind: str
    dose: str
    started_day: int
    stopped_day: int | None = None


@dataclass(frozen=True)
class Patient:
    """One story. ``days`` are the visits."""

    slug: str
    name: str
    age: int
    story: str
    first_date: str
    days: tuple[int, ...]
    courses: tuple[Course, ...]
    activity: Activity
    who: Identity
    views: tuple[str, ...] = (FRONT,)


def _weekly(visits: int) -> tuple[int, ...]:
    return tuple(range(0, 7 * visits, 7))


ADAPALENE = "Adapalene 0.1 % gel"
PEROXIDE = "Benzoyl peroxide 2.5 % gel"
COMBINED = "Adapalene 0.1 % / benzoyl peroxide 2.5 % gel"
DOXYCYCLINE = "Doxycycline"
ISOTRETINOIN = "Isotretinoin"

PATIENTS: tuple[Patient, ...] = (
    Patient(
        slug="ada-example",
        name="Ada Example",
        age=19,
        story="Moderate papulopustular acne that clears over twelve weeks of a combined gel and doxycycline.",
        first_date="2026-08-24",
        days=_weekly(13),
        courses=(
            Course(COMBINED, "topical", "thin layer every evening", 0),
            Course(DOXYCYCLINE, "oral", "100 mg once a day", 0, 84),
        ),
        activity=Activity(((0, 30, 20, 10, 0), (14, 27, 17, 8, 0), (42, 15, 7, 3, 0), (84, 6, 2, 0.5, 0))),
        who=sample_identity(
            9001,
            ita=50.0,
            masculinity=0.1,
            age=19.0,
            hair="back",
            hair_colour="brown",
            iris="green",
            freckles=0.25,
        ),
        views=VIEWS,
    ),
    Patient(
        slug="ben-sample",
        name="Ben Sample",
        age=17,
        story="Slow to respond: little changes for eight weeks of adapalene, then the count begins to fall.",
        first_date="2026-08-05",
        days=_weekly(16),
        courses=(Course(ADAPALENE, "topical", "pea-sized amount every evening", 0),),
        activity=Activity(
            ((0, 42, 15, 7, 0), (21, 42, 17, 8, 0), (56, 34, 13, 6, 0), (84, 20, 7, 3, 0), (112, 13, 4, 1, 0))
        ),
        who=sample_identity(
            9102,
            ita=34.0,
            masculinity=0.85,
            age=17.0,
            hair="short",
            hair_colour="dark brown",
            iris="brown",
            beard=0.1,
        ),
    ),
    Patient(
        slug="chidi-demo",
        name="Chidi Demo",
        age=22,
        story="Inflammatory acne on dark skin: papules settle within ten weeks, brown marks fade more slowly.",
        first_date="2026-09-01",
        days=_weekly(12),
        courses=(
            Course(COMBINED, "topical", "thin layer every evening", 0),
            Course(DOXYCYCLINE, "oral", "100 mg once a day", 0),
        ),
        activity=Activity(((0, 22, 22, 9, 0.5), (14, 20, 17, 7, 0), (42, 11, 6, 2, 0), (77, 6, 2, 1, 0))),
        who=sample_identity(
            9203,
            ita=-48.0,
            masculinity=0.9,
            age=22.0,
            hair="buzz",
            hair_colour="black",
            iris="dark",
            beard=0.25,
        ),
    ),
    Patient(
        slug="dora-placeholder",
        name="Dora Placeholder",
        age=24,
        story="Does not respond: twelve weeks of benzoyl peroxide leave the counts where they were.",
        first_date="2026-08-26",
        days=_weekly(13),
        courses=(Course(PEROXIDE, "topical", "once a day", 0),),
        activity=Activity(((0, 20, 17, 8, 0), (42, 22, 19, 8, 0), (84, 21, 18, 9, 0))),
        who=sample_identity(9304, ita=14.0, masculinity=0.15, age=24.0, hair="long", hair_colour="black", iris="dark"),
    ),
    Patient(
        slug="emil-testcase",
        name="Emil Testcase",
        age=21,
        story="Clears on doxycycline and adapalene, stops both after nine weeks and relapses.",
        first_date="2026-08-03",
        days=_weekly(16),
        courses=(
            Course(DOXYCYCLINE, "oral", "100 mg once a day", 0, 63),
            Course(ADAPALENE, "topical", "every evening", 0, 63),
        ),
        activity=Activity(
            (
                (0, 24, 18, 10, 0),
                (14, 21, 14, 7, 0),
                (42, 9, 4, 1, 0),
                (63, 5, 2, 0.5, 0),
                (77, 10, 8, 4, 0),
                (105, 22, 18, 9, 0),
            )
        ),
        who=sample_identity(
            9405,
            ita=57.0,
            masculinity=0.8,
            age=21.0,
            hair="short",
            hair_colour="blond",
            iris="blue",
            beard=0.0,
        ),
    ),
    Patient(
        slug="farah-mockup",
        name="Farah Mockup",
        age=27,
        story="Improves on a combined gel but photographs herself only now and then.",
        first_date="2026-08-08",
        days=(0, 7, 19, 24, 45, 52, 76, 90, 101),
        courses=(Course(COMBINED, "topical", "every second evening", 7),),
        activity=Activity(((0, 26, 14, 7, 0), (21, 25, 13, 6, 0), (60, 14, 7, 3, 0), (101, 9, 4, 1, 0))),
        who=sample_identity(9506, ita=24.0, masculinity=0.05, age=27.0, hair="back", hair_colour="black", iris="brown"),
    ),
    Patient(
        slug="gil-specimen",
        name="Gil Specimen",
        age=20,
        story="Nodular acne: doxycycline fails, isotretinoin follows and the nodules flatten one after another.",
        first_date="2026-07-29",
        days=_weekly(16),
        courses=(
            Course(DOXYCYCLINE, "oral", "100 mg once a day", 0, 42),
            Course(ISOTRETINOIN, "oral", "40 mg once a day", 42),
        ),
        activity=Activity(
            (
                (0, 20, 22, 12, 6),
                (42, 20, 22, 12, 7),
                (56, 17, 18, 9, 6),
                (84, 9, 7, 3, 2),
                (112, 5, 3, 1, 0.3),
            )
        ),
        who=sample_identity(
            9607,
            ita=-8.0,
            masculinity=0.8,
            age=20.0,
            hair="curly",
            hair_colour="black",
            iris="dark",
            beard=0.15,
        ),
    ),
    Patient(
        slug="hana-fictional",
        name="Hana Fictional",
        age=14,
        story="Mild comedonal acne of the early teens on adapalene, hardly any inflamed lesion.",
        first_date="2026-09-16",
        days=_weekly(9),
        courses=(Course(ADAPALENE, "topical", "every evening", 7),),
        activity=Activity(((0, 38, 3, 1, 0), (21, 36, 3, 1, 0), (63, 19, 1, 0.3, 0))),
        who=sample_identity(9708, ita=42.0, masculinity=0.2, age=14.0, hair="back", hair_colour="black", iris="dark"),
    ),
)

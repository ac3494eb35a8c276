"""What the card says that is no figure: how the model works, what it is for, what nobody could establish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.card.document import Block, Heading, Items, Table, Text

INTRODUCTION = (
    "Finds comedones, papules, pustules and nodules on a photo of a face and, from them, estimates lesion counts "
    "with intervals and the grades IGA, GEA, Hayashi and GAGS. **It is a tracking and communication tool, not a "
    "diagnosis**, and no grade it gives has been compared with a dermatologist's."
)

STEPS = (
    "**Pre-processing.** The photo is turned upright and cut to the square around the capture guide's oval (or "
    "padded to a square), brought to {size} × {size} pixels, bilinear with antialiasing, and its colours scaled to "
    "0–1. Nothing is sharpened, whitened or retouched.",
    "**Features.** A convolutional network (YOLOv5n's backbone and neck, pretrained on "
    "everyday objects where training started from such weights) turns the pixels into grids of features at three "
    "scales. Nobody chose what they mean; redness, edges, roundness and highlights are what such features commonly "
    "carry.",
    "**Detection.** The head proposes boxes, each with a score (how sure it is of *any* lesion) and a type. Boxes that "
    "overlap by half vote on the lesion's outline, each as loud as its score; of boxes that mostly overlap the best is "
    "kept. No threshold decides: a table fitted on held-out photos says how many reference lesions a box of that score "
    "and size stands for, and how probable each type is.",
    "**Counting.** Their sum is the centre of a negative binomial distribution of what the reference annotators "
    "would have counted. Its rounded centre is the count shown, which the types share so that they add up; its middle "
    "{percent:.0f} % is the interval, and as many lesions are drawn.",
    "**Grading.** Grades are probabilities computed from those distributions, by published rules or, where none "
    "gives counts, by tables marked *unvalidated*; the one shown is their median.",
)

INTENDED = (
    "For following one person's acne over weeks with photos taken the same way, and for talking about it with a "
    "dermatologist, who decides."
)

MISUSE = (
    "Not for diagnosis: it calls whatever looks alike a lesion. Moles, freckles, scars, rosacea, cold sores and "
    "insect bites may be counted, and it has seen no other disease.",
    "Not for choosing, changing or stopping a treatment, and not for deciding that a doctor is not needed.",
    "Not for comparing two people, nor photos taken by different models or from different distances.",
    "Not for identifying or judging a person, and not for children below the age of acne.",
)


def how_it_works(calibration: Mapping[str, Any]) -> list[Block]:
    """Return the way from a photo to a grade, in plain words."""
    size, percent = calibration["input_size_px"], 100 * calibration["interval"]
    return [Heading("How it works"), Items([step.format(size=size, percent=percent) for step in STEPS])]


def intended_use() -> list[Block]:
    """Return what the model is for, and what it must not be used for."""
    return [
        Heading("Intended use"),
        Text(INTENDED),
        Heading("What it must not be used for"),
        Items(MISUSE),
    ]


def data_and_licences(training: Mapping[str, Any]) -> list[Block]:
    """Return what the model was trained on."""
    rows = [
        [one["name"], str(one["photos"]), str(one.get("boxes", "all known")), one.get("view", ""), one["licence"]]
        for one in training["sources"]
    ] + [
        [one["name"], f"measured only ({one['photos']})", "", one["view"], one["licence"]]
        for one in training["measured_only"]
    ]
    runs = training.get("runs", 1)
    notice = (
        "**Notice.** Photos behind these weights, or behind those that training started from, were shared for "
        "non-commercial research. The weights carry this notice, not an "
        "extra licence term; code and weights are AGPL-3.0-or-later. A clinic can train on its own photos with one "
        "command."
        if training.get("research_only", True)
        else "Code and weights are AGPL-3.0-or-later. Training started from random weights: no notice is inherited."
    )
    return [
        Heading("Data and licences"),
        Text(
            f"{training['passes']:,} image passes in {runs} run{'s' * (runs > 1)} over the photos below. What is "
            "held out was never trained on, nor was a near copy of it. No split separates photos of one source "
            "photo or cluster; *persons* are not recorded, so that a person may be on both sides."
        ),
        Table(["source", "photos", "boxes", "what they show", "licence"], rows),
        Text(f"sha256 of the real photos and their boxes: `{training['data_sha256']}`"),
        Text(notice),
    ]

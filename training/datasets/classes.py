"""From the names that annotators gave their classes to lesion types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mobile_models.lesions import COMEDO, NODULE, PAPULE, PUSTULE
from training.datasets.photo import UNKNOWN

IGNORED = -1
"""Type index of a class that is no acne lesion: its boxes are left out, the photo stays."""

NAMES = {
    "comedo": COMEDO,
    "comedon": COMEDO,
    "comedone": COMEDO,
    "comedones": COMEDO,
    "open comedo": COMEDO,
    "open comedone": COMEDO,
    "closed comedo": COMEDO,
    "closed comedone": COMEDO,
    "blackhead": COMEDO,
    "whitehead": COMEDO,
    "papule": PAPULE,
    "pustule": PUSTULE,
    "nodule": NODULE,
    "cyst": NODULE,
    "nodule cyst": NODULE,
    "nodulocystic": NODULE,
    "acne": UNKNOWN,
    "lesion": UNKNOWN,
    "acne lesion": UNKNOWN,
    "pimple": UNKNOWN,
}
"""Names in lower case and singular. A cyst is counted as a nodule; ``UNKNOWN`` is a type nobody recorded."""


class ClassNameError(ValueError):
    """Class names that mean nothing here; the message lists those that do."""


def type_named(word: str) -> int | None:
    """Return the type index of a class name, ``UNKNOWN`` for an untyped lesion, None for a name not known."""
    name = re.sub(r"[\s_\-/]+", " ", word).strip().lower()
    for form in (name, name.removesuffix("s"), name.removesuffix("es"), name.removeprefix("acne ").removesuffix("s")):
        if form in NAMES:
            return NAMES[form]
    return None


def types_of(words: Iterable[str], own: Mapping[str, str] | None = None) -> dict[str, int]:
    """Return the type index (or ``UNKNOWN``, ``IGNORED``) of each class name.

    Args:
        words: Class names found in a folder.
        own: What some of them mean: a known name, or ``ignore``.

    Raises:
        ClassNameError: a name is not known, or ``own`` names a class that the folder has not.
    """
    own, words = dict(own or {}), list(dict.fromkeys(words))
    if strange := sorted(set(own) - set(words)):
        raise ClassNameError(f"--classes names {strange}, which this folder has not; it has {sorted(words)}")
    types = {
        word: IGNORED if own.get(word, "").lower() == "ignore" else type_named(own.get(word, word)) for word in words
    }
    if unknown := sorted(word for word, kind in types.items() if kind is None):
        example = ",".join(f"{word}=lesion" for word in unknown)
        raise ClassNameError(
            f"class name(s) {unknown} not known; say what they are with --classes {example!r} (or =ignore). "
            f"Known: {', '.join(sorted(NAMES))}"
        )
    return {word: kind for word, kind in types.items() if kind is not None}


def parse_classes(text: str) -> dict[str, str]:
    """Read ``zit=lesion,scar=ignore``.

    Raises:
        ClassNameError: an entry is not ``name=meaning``.
    """
    pairs = [entry.partition("=") for entry in text.split(",") if entry.strip()]
    if wrong := [name for name, equals, meaning in pairs if not (name.strip() and equals and meaning.strip())]:
        raise ClassNameError(f"--classes: {wrong[0]!r} is not name=meaning; write for example 'zit=lesion,scar=ignore'")
    return {name.strip(): meaning.strip() for name, _, meaning in pairs}

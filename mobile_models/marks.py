"""How each lesion type is drawn: its own colour, line and letters, so that it is told apart without colour vision too.

The colours are Okabe & Ito's.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """How one type is drawn."""

    colour: str
    letters: str
    square: bool


MARKS = {
    "comedo": Mark("#56b4e9", "C", square=False),
    "papule": Mark("#e69f00", "P", square=False),
    "pustule": Mark("#f0e442", "Pu", square=True),
    "nodule": Mark("#cc79a7", "N", square=True),
}

"""What may be asked of the dermatologist's list: a name, a filter, a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from server.progress.worklist.entries import Entry
from server.progress.worklist.flags import Flag

EVERYBODY, SNOOZED = "everybody", "snoozed"


@dataclass(frozen=True)
class Shown:
    """A filter: its name on the page, which patients it shows, and the chip on those that it holds for, if any."""

    title: str
    holds: Callable[[Entry, date], bool]
    chip: str = ""


def _flagged(flag: Flag) -> Callable[[Entry, date], bool]:
    return lambda entry, today: flag in entry.flags and not entry.snoozed(today)


SHOWN: Mapping[str, Shown] = {
    EVERYBODY: Shown("All", lambda entry, today: not entry.snoozed(today)),
    "new": Shown("New since my last look", lambda entry, today: entry.new and not entry.snoozed(today)),
    Flag.WORSE: Shown("Worse or relapse", _flagged(Flag.WORSE)),
    Flag.NO_RESPONSE: Shown("No response told by week 12", _flagged(Flag.NO_RESPONSE), "no response told by week 12"),
    "silent": Shown("Silent for 4 weeks", lambda entry, today: entry.silent(today) and not entry.snoozed(today)),
    Flag.UNASSESSED: Shown("Not judged", _flagged(Flag.UNASSESSED), "newest visit not judged"),
    Flag.ISOTRETINOIN: Shown("On isotretinoin", _flagged(Flag.ISOTRETINOIN), "on isotretinoin"),
    SNOOZED: Shown("Snoozed", lambda entry, today: entry.snoozed(today)),
}


@dataclass(frozen=True)
class Asked:
    """What a reader asks of the list."""

    name: str = ""
    show: str = EVERYBODY
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what a page's address asks; what is not understood is as if it were not there."""
        show, page = query.get("show", EVERYBODY), query.get("page", "1")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
        return cls(query.get("name", "").strip(), show if show in SHOWN else EVERYBODY, max(1, number))

    def names(self, entry: Entry) -> bool:
        """Return whether each of the words that were searched for is in the patient's name."""
        name = entry.name.casefold()
        return all(word in name for word in self.name.casefold().split())

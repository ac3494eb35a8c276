"""`python -m mobile_models assess PHOTO…`: count and grade acne in photos, offline."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mobile_models import console
from mobile_models.batch import Job, run
from mobile_models.bundle import RELEASED
from mobile_models.zones import VIEWS

MOST_THREADS = 64
"""More than any machine has cores to spare for one photo; each takes memory of its own."""

DRAWN = (".png", ".jpg", ".jpeg", ".webp")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 when every photo was assessed, 2 when one was refused or the call makes no sense.
    """
    job = _job(_parser(), arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    return 2 if run(job) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mobile_models",
        description="Count and grade acne in photos, offline. Not a diagnosis.",
    )
    command = parser.add_subparsers(required=True, metavar="assess").add_parser(
        "assess",
        help="assess photos",
        description="Count and grade acne in photos, offline. An estimate, not a diagnosis.",
        epilog="Exit code: 0 when every photo was assessed, 2 when one was refused; the rest are assessed.",
    )
    add = command.add_argument
    add("photos", nargs="+", metavar="PHOTO", help="JPEG, PNG or WebP; - reads one from standard input")
    add("--json", action="store_true", help="one JSON object a line: a photo's, or with --visit the visit's")
    add(
        "--view",
        action="append",
        choices=VIEWS,
        help="what the photos show: once for all, or once for each photo in their order (front); left is the "
        "patient's left side",
    )
    add("--guided", action="store_true", help="the photos were taken through the capture oval")
    add("--visit", action="store_true", help="the photos are one visit: count each zone in one view only")
    add(
        "--draw",
        type=Path,
        metavar="OUT.png",
        help="draw the counted lesions; for several photos OUT-1.png, OUT-2.png … in their order",
    )
    add("--bundle", type=Path, default=RELEASED, metavar="DIR", help="model bundle (the released one)")
    add("--threads", type=int, metavar="N", help="CPU threads of the model")
    command.set_defaults(refuse=command.error)
    return parser


def _job(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> Job:
    given = parser.parse_args(arguments)
    views = given.view or ["front"]
    if len(views) == 1:
        views = views * len(given.photos)
    if len(views) != len(given.photos):
        given.refuse(f"--view is given {len(views)} times for {len(given.photos)} photos: once, or once each")
    if given.threads is not None and not 1 <= given.threads <= MOST_THREADS:
        given.refuse(f"--threads must be from 1 to {MOST_THREADS}")
    if given.draw is not None:
        if given.draw.suffix.lower() not in DRAWN:
            given.refuse(f"--draw must end in one of {', '.join(DRAWN)}")
        if not given.draw.absolute().parent.is_dir():
            given.refuse("--draw names a folder that does not exist; make it first")
    job = Job(
        photos=tuple(given.photos),
        views=tuple(views),
        guided=given.guided,
        visit=given.visit,
        as_json=given.json,
        draw=given.draw,
        bundle=given.bundle,
        threads=given.threads,
    )
    if {path.resolve() for path in job.drawings()} & {Path(photo).resolve() for photo in job.photos}:
        given.refuse("--draw would write over one of the photos; name another file")
    return job


if __name__ == "__main__":
    sys.exit(console.run("mobile_models", main))

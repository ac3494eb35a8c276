"""`python -m mobile_models assess PHOTO…` and `… change SERIES.jsonl`: acne in photos and over time, offline."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mobile_models import console, series_lines
from mobile_models.batch import Job, run
from mobile_models.bundle import RELEASED
from mobile_models.zones import FRONT, VIEWS

MOST_THREADS = 64
"""More than any machine has cores to spare for one photo; each takes memory of its own."""

DRAWN = (".png", ".jpg", ".jpeg", ".webp")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 when every photo or series was taken, 2 when one was refused or the call makes no sense.
    """
    options = _parser().parse_args(arguments)
    job = _job(options) if options.command == "assess" else None
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    refused = run(job) if job else series_lines.run(options.series, options.bundle)
    return 2 if refused else 0


def _parser() -> argparse.ArgumentParser:
    parser = console.Parser(
        prog="python -m mobile_models",
        description="Count and grade acne in photos, offline. Not a diagnosis.",
    )
    commands = parser.add_subparsers(required=True, dest="command", metavar="assess|change")
    command = commands.add_parser(
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
    add("--frames", action="store_true", help="photos of one view of the visit are re-posed frames: average them")
    add(
        "--draw",
        type=Path,
        metavar="OUT.png",
        help="draw the counted lesions; for several photos OUT-1.png, OUT-2.png … in their order",
    )
    add("--bundle", type=Path, default=RELEASED, metavar="DIR", help="model bundle (the released one)")
    add("--threads", type=int, metavar="N", help="CPU threads of the model")
    command.set_defaults(refuse=command.error)
    series = commands.add_parser(
        "change",
        help="what may be said of a series of visits",
        description="Say of each visit of a series how many lesions there are and how sure a change is.",
        epilog='A series a line: {"sem": 0.62, "visits": [[week, count, frames], …], "changes": [week, …], "breaks": '
        "[week, …]}. Exit code: 0 when every line was a series, 2 when one was refused; the rest are followed.",
    )
    series.add_argument("series", metavar="SERIES.jsonl", help="file with a series a line, or - for standard input")
    series.add_argument(
        "--bundle", type=Path, default=RELEASED, metavar="DIR", help="whose numbers count (the released bundle)"
    )
    return parser


def _job(options: argparse.Namespace) -> Job:
    views = options.view or [FRONT]
    if len(views) == 1:
        views = views * len(options.photos)
    if len(views) != len(options.photos):
        options.refuse(f"--view is given {len(views)} times for {len(options.photos)} photos: once, or once each")
    twice = [view for view in VIEWS if views.count(view) > 1]
    if options.visit and twice and not options.frames:
        options.refuse(
            f"the visit has two photos of the {twice[0]} view. Name the view of each photo (--view), each view once, "
            "or say that they are re-posed frames (--frames)"
        )
    if options.threads is not None and not 1 <= options.threads <= MOST_THREADS:
        options.refuse(f"--threads must be from 1 to {MOST_THREADS}")
    if options.draw is not None:
        if options.draw.suffix.lower() not in DRAWN:
            options.refuse(f"--draw must end in one of {', '.join(DRAWN)}")
        if not options.draw.absolute().parent.is_dir():
            options.refuse("--draw names a folder that does not exist; make it first")
    job = Job(
        photos=tuple(options.photos),
        views=tuple(views),
        guided=options.guided,
        visit=options.visit,
        as_json=options.json,
        draw=options.draw,
        bundle=options.bundle,
        threads=options.threads,
    )
    if {path.resolve() for path in job.drawings()} & {Path(photo).resolve() for photo in job.photos}:
        options.refuse("--draw would write over one of the photos; name another file")
    return job


if __name__ == "__main__":
    sys.exit(console.run("mobile_models", main))

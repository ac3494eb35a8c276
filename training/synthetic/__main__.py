"""Command line of the renderer: training photos, whole visits, or the demonstration clinic.

``python -m training.synthetic photos --out DIR --count N --seed S``
``python -m training.synthetic spared --out DIR --count N --seed S``
``python -m training.synthetic views --out DIR --people N --seed S``
``python -m training.synthetic clinic --out server/demo/clinic``
"""

from __future__ import annotations

import argparse
from pathlib import Path

from training.synthetic.clinic import write_clinic
from training.synthetic.photos import write_photos
from training.synthetic.spared import spared_person
from training.synthetic.views import write_views


def main() -> None:
    """Parse the command line and render."""
    parser = argparse.ArgumentParser(
        prog="python -m training.synthetic", description="Render faces with known lesions."
    )
    what = parser.add_subparsers(dest="what", required=True)
    photos = what.add_parser("photos", help="training photos with YOLO labels")
    photos.add_argument("--out", type=Path, required=True)
    photos.add_argument("--count", type=int, required=True)
    photos.add_argument("--seed", type=int, default=1)
    spared = what.add_parser(
        "spared", help="training photos of skin that is taken for acne, half of them without a lesion"
    )
    spared.add_argument("--out", type=Path, required=True)
    spared.add_argument("--count", type=int, required=True)
    spared.add_argument("--seed", type=int, default=1)
    views = what.add_parser("views", help="visits of three guided views with the same lesions in all")
    views.add_argument("--out", type=Path, required=True)
    views.add_argument("--people", type=int, required=True)
    views.add_argument("--seed", type=int, default=9, help="not one that training photos were drawn with")
    clinic = what.add_parser("clinic", help="the demonstration clinic's photos and index")
    clinic.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    if chosen.what == "photos":
        write_photos(chosen.out, chosen.count, chosen.seed)
    elif chosen.what == "spared":
        write_photos(chosen.out, chosen.count, chosen.seed, spared_person, "n")
    elif chosen.what == "views":
        write_views(chosen.out, chosen.people, chosen.seed)
    else:
        write_clinic(chosen.out)


if __name__ == "__main__":
    main()

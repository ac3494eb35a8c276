"""``python -m training.synthetic photos --out DIR --count N --seed S`` or ``… clinic --out server/demo/clinic``."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.synthetic.photos import write_photos


def main() -> None:
    """Parse the command line and render."""
    parser = argparse.ArgumentParser(prog="python -m training.synthetic", description="Render faces with known lesions.")
    what = parser.add_subparsers(dest="what", required=True)
    photos = what.add_parser("photos", help="training photos with YOLO labels")
    photos.add_argument("--out", type=Path, required=True)
    photos.add_argument("--count", type=int, required=True)
    photos.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    write_photos(chosen.out, chosen.count, chosen.seed)


if __name__ == "__main__":
    main()

"""Trained weights → phone bundle.

    python export.py runs/first/average.safetensors --measured runs/first/measured --out bundle
    python export.py keygen --out ~/keys && python export.py sign bundle --key ~/keys/private.pem
    python export.py renew mobile_models/released    (all but the models made again)

Needs ``pip install .[export]``; works offline. Exit code 2 with a plain message when something is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from mobile_models import console

os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FORMATS = "float32,float16,dynamic,int8,coreml"


def main() -> int:
    """Parse the command line and export; `keygen`, `sign` and `renew` have command lines of their own."""
    from mobile_models import signing

    if sys.argv[1:2] and sys.argv[1] in signing.COMMANDS:
        return signing.main()
    if sys.argv[1:2] == ["renew"]:
        from mobile_models.export import renew

        return renew.main(sys.argv[2:])
    options = _parser().parse_args()
    from mobile_models.errors import AssessmentError
    from mobile_models.export.assemble import Request, assemble
    from mobile_models.export.failures import FAILURES

    try:
        key = signing.read_private_key(options.sign) if options.sign else None
        data = {"data": options.data} if options.data else {}
        formats = tuple(name.strip() for name in options.formats.split(","))
        assemble(
            Request(
                weights=options.weights,
                out=options.out,
                measured=options.measured,
                version=options.version,
                formats=formats,
                size_px=options.imgsz,
                key=key,
                face_wheel=options.face_wheel,
                photos=options.photos,
                **data,
            )
        )
    except (*FAILURES, signing.KeyUnusable, AssessmentError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _number(text: str) -> int:
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of photos; give 1 or more")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = console.Parser(prog="export.py", description="Make the phone bundle from trained weights.")
    parser.add_argument("weights", type=Path, help="safetensors that training wrote")
    parser.add_argument("--out", type=Path, required=True, help="the bundle's folder; its zip is written beside it")
    parser.add_argument("--formats", default=FORMATS, metavar="A,B", help=f"some of {FORMATS} (the default: all)")
    parser.add_argument(
        "--data", type=Path, help="photos with YOLO labels to calibrate and compare on (by default rendered faces)"
    )
    parser.add_argument(
        "--photos", type=_number, default=400, metavar="N", help="compare on at most so many (default %(default)s)"
    )
    parser.add_argument(
        "--measured", type=Path, help="folder that `training evaluate` wrote (by default where the weights lie)"
    )
    parser.add_argument("--imgsz", type=int, metavar="N", help="side of the input, px; what it was measured at")
    parser.add_argument(
        "--face-wheel", type=Path, metavar="WHEEL", help="of mediapipe 0.10.21 (by default the released face model)"
    )
    parser.add_argument("--sign", type=Path, metavar="KEY", help="private key, of `export.py keygen`")
    parser.add_argument(
        "--version",
        default="0.1.0",
        help="semantic version of the model, 0.1.0 if not given: phones refuse one below what they hold",
    )
    return parser


if __name__ == "__main__":
    sys.exit(console.run("export.py", main))

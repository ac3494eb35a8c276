"""Trained weights → phone bundle.

    python export.py runs/first/average.safetensors --measured runs/first/measured --out bundle
    python export.py keygen --out ~/keys && python export.py sign bundle --key ~/keys/private.pem

Needs ``pip install .[export]``; works offline. Exit code 2 with a plain message when something is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")


def main() -> int:
    """Parse the command line and export; `keygen` and `sign` have a command line of their own."""
    from mobile_models import signing

    if sys.argv[1:2] and sys.argv[1] in signing.COMMANDS:
        return signing.main()
    parser = argparse.ArgumentParser(prog="export.py", description="Make the phone bundle from trained weights.")
    parser.add_argument("weights", type=Path, help="safetensors that training wrote")
    parser.add_argument("--measured", type=Path, required=True, help="folder that `training evaluate` wrote")
    parser.add_argument("--out", type=Path, required=True, help="the bundle's folder")
    parser.add_argument("--version", default="0.1.0", help="semantic version of the model")
    options = parser.parse_args()
    from mobile_models.errors import AssessmentError
    from mobile_models.export.assemble import MeasurementMissing, assemble
    from mobile_models.export.convert import ConversionError
    from mobile_models.export.weights import WeightsError

    try:
        assemble(options.weights, options.measured, options.out, options.version)
    except (WeightsError, MeasurementMissing, ConversionError, AssessmentError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

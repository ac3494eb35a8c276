"""The long proofs, one after another.

    python -m tests.soak [NAME …]

Each module beside this one that has a `main(argv)` is one: it prints what it did, raises if that fails, and can be run
alone, with options, as `python -m tests.soak.NAME`. A short slice of each runs with the other tests.
"""

import argparse
import importlib
import pkgutil
import sys
import time
import traceback
from pathlib import Path


def main() -> None:
    """Run what is named, by default all; exit with 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="by default all")
    names = parser.parse_args().names or [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    failed = []
    for name in names:
        module = importlib.import_module(f"tests.soak.{name}")
        if name == "__main__" or not hasattr(module, "main"):
            continue
        print(f"== {name}", flush=True)
        begun = time.monotonic()
        try:
            module.main([])
        except (Exception, SystemExit):
            traceback.print_exc()
            failed.append(name)
        print(f"== {name}: {'FAILED' if name in failed else 'passed'}, {time.monotonic() - begun:.0f} s", flush=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()

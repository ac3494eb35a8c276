"""gunicorn with the settings of `server.running.serving`, and none of the folder that it is started in.

Its own command would put that folder first among those that modules are imported from: a `gunicorn.py` there, or any
other name that something imports, would be run with the master key in its environment.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from gunicorn.app.base import BaseApplication

START = "import sys; sys.path.append(sys.argv.pop(1)); from server.running.gunicorn_app import run; run(sys.argv[1])"
"""Begins without the folder (-P); where this very program lies comes last."""


def replace_process(bind: str) -> NoReturn:
    """Become gunicorn, listening on `bind`."""
    root = str(Path(__file__).resolve().parents[2])
    os.execv(sys.executable, [sys.executable, "-P", "-c", START, root, bind])


def run(bind: str) -> None:
    """Serve until told to stop."""
    Application(bind).run()


class Application(BaseApplication):
    """The server as gunicorn runs it."""

    def __init__(self, bind: str) -> None:
        self._bind = bind
        super().__init__()

    def init(self, parser: Any, opts: Any, args: Sequence[str]) -> None:
        """Take nothing from a command line."""

    def load_config(self) -> None:
        """Read the settings."""
        from server.running import serving

        for name, value in vars(serving).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        self.cfg.set("bind", self._bind)

    def load(self) -> Any:
        """Return what is served."""
        from server.running.wsgi import app

        return app

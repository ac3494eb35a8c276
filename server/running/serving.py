"""How gunicorn runs the server; its settings, by the names that gunicorn gives them.

    acnetrack serve

SIGTERM ends it: no new connection is taken, requests in flight are finished, and after `shutdown_seconds` whatever is
left is killed. A killed worker is replaced; workers whose arbiter was killed finish what they are at and go, so that
another can be started at once.
"""

import ctypes
import logging
import signal
import sys
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from server.application.safety import safe_settings
from server.foundation.log.json_lines import GUNICORN, OURS, JsonLines
from server.running.patience import PatientWorker

_config = safe_settings()


class JsonLogger(Logger):
    """Gunicorn's log and that of every library in our shape; requests are logged by the application."""

    def setup(self, cfg: Any) -> None:
        """Let every handler write JSON lines."""
        super().setup(cfg)
        others = logging.StreamHandler()
        others.addFilter(lambda record: record.name not in (OURS, GUNICORN))
        logging.root.handlers = [others]
        for handler in (*self.error_log.handlers, others):
            handler.setFormatter(JsonLines())


class DoorClosingWorker(PatientWorker):
    """A worker that, once told to stop, lets new connections be refused instead of leaving them to wait for nothing."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Listen or not; for good not, after a signal to stop."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()


logger_class = JsonLogger
worker_class = DoorClosingWorker
workers, threads = _config.workers, _config.threads
graceful_timeout = _config.shutdown_seconds
timeout = 60
keepalive = 15
max_requests = 0
"""No worker is replaced for how much it was asked: anybody could ask for that."""
forwarded_allow_ips = ""
"""Forwarded headers are believed by `trusted_proxies` alone."""
control_socket_disable = True

PR_SET_PDEATHSIG = 1


def post_fork(_server: object, _worker: Worker) -> None:
    """Let Linux end a worker when its arbiter is gone: gunicorn's own look at it keeps busy connections open."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

"""The database: tables' base class, engines, one session a request, writes that lock before they read."""

from server.foundation.db.engines import connect, truncate_log
from server.foundation.db.session import engine, init_app, release, retry_safe, session, write
from server.foundation.db.tables import Base, UtcDateTime

__all__ = [
    "Base",
    "UtcDateTime",
    "connect",
    "engine",
    "init_app",
    "release",
    "retry_safe",
    "session",
    "truncate_log",
    "write",
]

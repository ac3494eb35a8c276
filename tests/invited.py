"""What `acnetrack admin invite` does, for tests that need a dermatologist."""

from datetime import UTC, datetime

from sqlalchemy import Engine, insert

from server.foundation import db
from server.foundation.ids import code_digest, new_code
from server.people.accounts.staff import StaffInvitation


def invitation(where: Engine | str) -> str:
    """Return a code with which one dermatologist signs up at the server of this database."""
    engine, code = db.connect(where) if isinstance(where, str) else where, new_code(groups=4)
    with engine.begin() as connection:
        kept = {"code_sha256": code_digest(code), "expires_at": datetime(2100, 1, 1, tzinfo=UTC)}
        connection.execute(insert(StaffInvitation).values(kept))
    if isinstance(where, str):
        engine.dispose()
    return code

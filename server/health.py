"""Whether the server can do its work."""

from sqlalchemy import text

from server import db
from server.api import Blueprint

blueprint = Blueprint("health", __name__, description="Whether the server can do its work")


@blueprint.get("/healthz")
@blueprint.response(200)
def healthz() -> dict[str, str]:
    """Answer once the database has; 503 where it does not."""
    db.session().execute(text("SELECT 1 FROM users LIMIT 1"))
    return {"status": "ok"}

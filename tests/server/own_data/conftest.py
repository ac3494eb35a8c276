"""People's own data on a server that is backed up and restored."""

from tests.server.operations.conftest import other_jpeg, server, with_photo

__all__ = ["other_jpeg", "server", "with_photo"]

"""Alembic's entry: runs migrations on the connection that `runner` gives it."""

from alembic import context

from server.migrations.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_server_default=True,
    user_module_prefix="server.foundation.db.",
)
with context.begin_transaction():
    context.run_migrations()

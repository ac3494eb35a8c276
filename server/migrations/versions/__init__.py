"""One file a version of the schema, from the empty database to the newest."""

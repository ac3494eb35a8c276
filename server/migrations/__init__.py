"""The schema of the database, version by version, and every table that there is."""

"""Photos at rest: a key per patient, wrapped under the operator's master key, kept apart from the database."""

"""The log: one JSON object a line, and never anybody's data in it."""

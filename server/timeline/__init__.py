"""One patient's rows: their tables and schemas, the lock they are written under, amendments and stored assessments."""

"""Who else may read a timeline, what they read, and what they write beside it."""

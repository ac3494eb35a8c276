"""The journal of what stays undone when a backup is restored: a database of its own."""

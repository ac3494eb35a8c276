"""What every room stands on and that knows nothing of skin: settings, database, HTTP, log, keys, journal."""

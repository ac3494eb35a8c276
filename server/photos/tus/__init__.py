"""Photos in parts, by tus 1.0.0: core, creation, creation with upload, termination, checksum and expiration."""

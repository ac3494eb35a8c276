"""The demonstration clinic: rendered patients, assessed by the released model and loaded as phones sync."""

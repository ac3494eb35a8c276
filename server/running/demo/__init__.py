"""The demonstration clinic: rendered patients, loaded into a server of their own on this machine."""

"""The log of who read what: a hash chain that shows when it was tampered with."""

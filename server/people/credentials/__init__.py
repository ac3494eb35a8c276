"""Proving who one is: devices and their tokens, second factor, recovery codes, a new password."""

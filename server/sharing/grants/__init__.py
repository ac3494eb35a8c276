"""Grants: a patient lets a dermatologist read, until they end it."""

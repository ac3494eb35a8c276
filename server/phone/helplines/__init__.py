"""Whom to call in which country, where the operator knows better than the table that the app brings."""

"""Accounts: e-mail, name, password, role, and the days on which a child may decide alone."""

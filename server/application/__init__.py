"""The Flask application: made from safe settings, every room registered, and asked whether it is well."""

"""One file a subject of `acnetrack admin`: its arguments, and what it prints."""

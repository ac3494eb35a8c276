"""The server, room by room: README.md beside this file is its map."""

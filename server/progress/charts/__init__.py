"""Charts as SVG: numbers in, markup out; no chart reads the database."""

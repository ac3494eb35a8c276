"""A dermatologist's notes on a timeline."""

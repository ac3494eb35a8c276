"""Assessing the photos that are here again when another model is released."""

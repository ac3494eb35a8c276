"""Rendered faces with acne whose every lesion is known: type, place, size."""

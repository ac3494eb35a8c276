"""Metadata cut out of a JPEG, PNG or WebP file without coding its picture anew."""

"""From annotated photos to weights, and to what was measured of them."""

"""Charts as accessible inline SVG: pure functions from values to markup, styled by the page's own CSS."""

"""Notices to phones that the chart's model changed or was withdrawn."""

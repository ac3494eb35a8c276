"""The model card: what was measured, in tables, plots and sentences."""

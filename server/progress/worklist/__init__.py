"""The dermatologist's list: who comes first, why, and what is stored of that between two looks."""

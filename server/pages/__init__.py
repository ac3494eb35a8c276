"""The pages that people see in a browser: dermatologists, guardians, and patients at a desk."""

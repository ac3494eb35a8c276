"""How the API speaks: strict JSON, one shape for errors, limits, headers, requests done again."""

"""The instruments: from the expected counts of a visit to how probable each of their grades is."""

"""What may be said of a series of visits, in words: never more than the counts and their noise allow."""

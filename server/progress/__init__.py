"""What may be said of a series of visits: records as they stand, change, its words and its charts."""

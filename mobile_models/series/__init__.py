"""What may be said of a series of visits: the level behind the ups and downs, change, relapse, outlook."""

"""What a phone does: from the photos of a visit to its assessment, and the one owner of the clinical words."""

"""The bytes of photos: received, stripped of metadata, encrypted, stored and given out."""

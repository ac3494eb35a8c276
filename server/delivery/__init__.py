"""The phone bundles: published, rolled out by shares, handed out."""

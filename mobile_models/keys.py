"""The public keys that are trusted to sign bundles: pinned here, never read from a bundle.

Each is the base64 of an Ed25519 key's 32 bytes. The private halves are in no repository: the release key's is
kept by the maintainer, the development key's signs what is tried out on laptops, and production refuses it.
"""

RELEASE_KEYS: tuple[str, ...] = ("vpBzPYSxEUC/9vaYZNATB5CRr8C5kDLU3023rsRKDKY=",)
DEVELOPMENT_KEY = "h3khOMMkmwbVHoRZRbekzGW2ZSDF9QJ4fyyR+Q21qV4="

"""How a photo's object in the store, and what was made from it, are called."""

from collections.abc import Iterable, Iterator

WIDTHS_PX = (320, 960, 1920)
"""Widths that photos are made in: of a thumbnail, of half a desk, of a whole one."""


def smaller_key(object_key: str, width_px: int) -> str:
    """Return the key of the object that holds a photo in this width."""
    return f"{object_key}.{width_px}"


def of_photo(object_key: str) -> str:
    """Return the key of the photo that an object is, or was made from."""
    return object_key.partition(".")[0]


def with_smaller(object_keys: Iterable[str]) -> Iterator[str]:
    """Yield the keys, each with those of the smaller photos that may have been made from it."""
    for key in object_keys:
        yield key
        yield from (smaller_key(key, width_px) for width_px in WIDTHS_PX)

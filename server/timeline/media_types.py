"""The types of file that a photo comes as: their registered names, what else they are called, how files of them end."""

SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
MEDIA_TYPES = tuple(SUFFIXES)

_ALSO_CALLED = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}
"""What libraries and old browsers write; IANA has registered none of these."""


def registered(name: str) -> str:
    """Return the registered name of a media type that is also called otherwise; any other as it is, in lower case."""
    plain = name.strip().lower()
    return _ALSO_CALLED.get(plain, plain)


def media_type_of(file_name: str) -> str:
    """Return the media type of a photo's file by its ending. Raises KeyError where no photo ends so."""
    ending = file_name.rsplit(".", 1)[-1].lower()
    return {"jpeg": "image/jpeg", **{suffix: name for name, suffix in SUFFIXES.items()}}[ending]

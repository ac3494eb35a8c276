"""A decoded image in sRGB, whatever colours and depth its file holds."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}
"""The colour space that a profile must be of to describe an image of that mode."""


def to_srgb(image: Image.Image, reduction: int, behind: int) -> Image.Image:
    """RGB pixels in sRGB, each side divided by `reduction`; `behind` is the grey that shows through transparent pixels.

    A profile that cannot be read, or is of another colour space than the image, is passed over, as browsers do;
    then RGB is taken for sRGB, and CMYK for inks without a profile.
    """
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image) >> 8).clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        picture = (image if image.mode == "RGBA" else image.convert("RGBA")).reduce(reduction)
        colours = _converted(picture.convert("RGB"), profile)
        colours.putalpha(picture.getchannel("A"))
        return Image.alpha_composite(Image.new("RGBA", picture.size, (behind, behind, behind, 255)), colours).convert(
            "RGB"
        )
    if image.mode not in _SPACES:
        image = image.convert("L" if image.mode in ("1", "LA") else "RGB")
    return _converted(image.reduce(reduction), profile)


def _converted(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if source.profile.xcolor_space == _SPACES[image.mode]:
                converted = ImageCms.profileToProfile(image, source, _srgb(), outputMode="RGB")
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert("RGB")


def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

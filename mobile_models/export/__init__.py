"""Trained weights to the phone bundle; the one part of this package that needs torch."""

from PIL import Image
from ultralytics.utils import patches

# ultralytics replaces Pillow's open by one that answers a file of another kind with a missing module.
Image.open = patches._image_open

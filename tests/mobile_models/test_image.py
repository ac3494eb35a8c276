"""Files good and bad become upright pixels or one named refusal."""

import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from mobile_models import file_kind, image
from mobile_models.image import read_photo, square_crop
from mobile_models.orientation import EXIF_ORIENTATION


def png_header(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg_of(width, height, encode):
    """A small JPEG whose frame header claims another size."""
    data = bytearray(encode(Image.new("RGB", (64, 64))))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_of(width, height, encode):
    """A WebP whose extended header claims another canvas."""
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0"
    data = encode(Image.new("RGBA", (64, 64), (1, 2, 3, 4)), "WEBP", lossless=True, exif=exif)
    at = data.index(b"VP8X") + 12
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return data[:at] + size + data[at + 6 :]


def animation(encode, kind):
    frames = [Image.new("RGB", (128, 128), (i * 60, 90, 90)) for i in range(3)]
    return encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_jpeg_png_and_webp_are_read(kind, encode, paint_face):
    photo = read_photo(encode(paint_face(), kind))
    assert (photo.width_px, photo.height_px) == photo.pixels.size == (480, 640)
    assert photo.pixels.mode == "RGB"


def test_a_large_jpeg_is_decoded_smaller_but_measured_in_full(encode, paint_face):
    photo = read_photo(encode(paint_face(size=(3000, 4000)), quality=70))
    assert (photo.width_px, photo.height_px) == (3000, 4000)
    assert photo.pixels.size == (1500, 2000)


def test_a_large_png_is_made_as_small_as_a_large_jpeg(encode, paint_face):
    photo = read_photo(encode(paint_face(size=(2600, 2700)), "PNG", compress_level=1))
    assert (photo.width_px, photo.height_px) == (2600, 2700)
    assert photo.pixels.size == (1300, 1350)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *[("L", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "WEBP")],
        *[("P", "PNG"), ("1", "PNG"), ("LA", "PNG"), ("RGBA", "PNG")],
    ],
)
def test_every_pixel_mode_becomes_rgb(mode, kind, encode, paint_face):
    before = paint_face().convert(mode)
    photo = read_photo(encode(before, kind))
    assert photo.pixels.mode == "RGB"
    difference = np.asarray(photo.pixels).astype(int) - np.asarray(before.convert("RGB")).astype(int)
    assert np.abs(difference).mean() < 6


def test_sixteen_bit_grey_is_scaled_not_clipped(encode):
    deep = np.linspace(0, 65535, 100 * 100).reshape(100, 100).astype(np.uint16)
    photo = read_photo(encode(Image.fromarray(deep), "PNG"))
    assert np.array_equal(np.asarray(photo.pixels)[..., 0], deep >> 8)


def test_what_is_transparent_shows_the_grey_of_padding(encode):
    clear = Image.new("RGBA", (100, 100), (220, 170, 140, 0))
    assert read_photo(encode(clear, "PNG")).pixels.getpixel((50, 50)) == (image.PAD_VALUE,) * 3


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda e, f: b"", image.PhotoEmpty),
        (lambda e, f: b"Dear doctor, my face", image.PhotoWrongType),
        (lambda e, f: e(f, "GIF"), image.PhotoWrongType),
        (lambda e, f: e(f, "BMP"), image.PhotoWrongType),
        (lambda e, f: e(f, "TIFF"), image.PhotoWrongType),
        (lambda e, f: b"%PDF-1.7 \x00\x01", image.PhotoWrongType),
        (lambda e, f: e(f)[:20], image.PhotoTruncated),
        (lambda e, f: e(f)[: len(e(f)) // 2], image.PhotoTruncated),
        (lambda e, f: e(f, "PNG")[:30], image.PhotoTruncated),
        (lambda e, f: e(f, "PNG")[: len(e(f, "PNG")) // 2], image.PhotoTruncated),
        (lambda e, f: e(f, "WEBP")[: len(e(f, "WEBP")) // 2], image.PhotoTruncated),
        (lambda e, f: animation(e, "PNG"), image.PhotoAnimated),
        (lambda e, f: animation(e, "WEBP"), image.PhotoAnimated),
        (lambda e, f: e(Image.new("RGB", (1, 1))), image.PhotoTooSmall),
        (lambda e, f: e(Image.new("RGB", (1, 1)), "PNG"), image.PhotoTooSmall),
        (lambda e, f: e(Image.new("RGB", (900, 63))), image.PhotoTooSmall),
        (lambda e, f: e(Image.new("RGB", (1000, 100))), image.PhotoTooElongated),
        (lambda e, f: png_header(9000, 8000), image.PhotoTooLarge),
        (lambda e, f: png_header(20000, 10000), image.PhotoTooLarge),
        (lambda e, f: jpeg_of(20000, 10000, e), image.PhotoTooLarge),
        (lambda e, f: jpeg_of(15000, 12000, e), image.PhotoTooLarge),
        (lambda e, f: webp_of(16000, 12500, e), image.PhotoTooLarge),
    ],
)
def test_a_bad_file_is_refused_by_name_and_told_the_remedy(spoil, refusal, encode, paint_face):
    with pytest.raises(refusal) as refused:
        read_photo(spoil(encode, paint_face()))
    assert refused.value.code.startswith("photo_")
    assert len(str(refused.value).split(". ")) >= 2, "a message names the problem, then the remedy"


def test_a_jpeg_of_108_megapixels_is_decoded_at_a_fraction_within_the_memory_of_a_small_photo(tmp_path):
    path = tmp_path / "huge.jpg"
    Image.new("RGB", (12000, 9000), (200, 150, 125)).save(path, quality=60)
    code = (
        "import sys; from mobile_models.image import read_photo; photo = read_photo(sys.argv[1]);"
        "most = open('/proc/self/status').read().split('VmHWM:')[1].split()[0];"
        "print(photo.width_px, photo.height_px, *photo.pixels.size, most)"
    )
    output = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True).stdout
    *sizes, kilobytes = map(int, output.split())
    assert sizes == [12000, 9000, 3000, 2250]
    assert kilobytes < 400_000


def test_a_large_jpeg_in_several_passes_is_refused_since_it_is_held_whole(tmp_path, encode):
    data = encode(Image.new("RGB", (9000, 8000)), quality=30, progressive=True)
    with pytest.raises(image.PhotoTooLarge, match="at most 64"):
        read_photo(data)


def arithmetic_coded(data):
    """A JPEG whose frame header says that arithmetic coding follows, which it does not."""
    at = data.index(b"\xff\xc0")
    return data[: at + 1] + b"\xc9" + data[at + 2 :]


def test_arithmetic_coding_that_is_not_read_is_named(encode, paint_face):
    with pytest.raises(image.PhotoCodingUnread, match="arithmetic coding"):
        read_photo(arithmetic_coded(encode(paint_face()))[:2000])


def test_avif_is_read(encode, paint_face):
    photo = read_photo(encode(paint_face(), "AVIF", quality=90))
    assert (photo.width_px, photo.height_px) == (480, 640)
    assert np.abs(np.asarray(photo.pixels).astype(int) - np.asarray(paint_face())).mean() < 6


def test_heic_is_read_upright_where_its_codec_is_installed(encode, paint_face):
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    data = encode(paint_face(), "HEIF", quality=90, exif=exif.tobytes())
    photo = read_photo(data)
    assert (photo.width_px, photo.height_px) == (640, 480)
    with pytest.raises(image.PhotoTruncated):
        read_photo(data[: len(data) // 2])


def test_heic_is_refused_by_name_with_the_way_out_where_it_is_not(monkeypatch):
    monkeypatch.setattr(image, "heic_is_read", lambda: False)
    with pytest.raises(image.PhotoHeic, match=r"HEIC photo.*as a JPEG"):
        read_photo(b"\0\0\0\x1cftypheic\0\0\0\0mif1heic" + b"\0" * 100)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
    ],
)
def test_a_container_is_known_by_its_brands(head, kind):
    assert file_kind.kind_of(head) == kind


def test_every_cut_of_a_photo_is_refused_or_read_but_nothing_else(encode, paint_face):
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = encode(paint_face(size=(96, 128)), kind)
        for cut in range(1, len(whole), max(1, len(whole) // 60)):
            try:
                read_photo(whole[:cut])
            except (image.PhotoTruncated, image.PhotoWrongType):
                continue


def test_a_phones_picture_with_a_preview_inside_is_a_photo_not_an_animation(encode, paint_face):
    preview = paint_face(size=(96, 128))
    photo = read_photo(encode(paint_face(), "MPO", save_all=True, append_images=[preview]))
    assert (photo.width_px, photo.height_px) == (480, 640)


def test_a_file_of_too_many_bytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(image.MAX_BYTES + 1)
    with pytest.raises(image.PhotoTooLarge, match="MB"):
        read_photo(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "absent.jpg", tmp_path, tmp_path / ("x" * 300)):
        with pytest.raises(image.PhotoUnreadable):
            read_photo(path)


def test_no_refusal_names_the_file(tmp_path):
    path = tmp_path / "anna-smith.jpg"
    path.write_bytes(b"not a photo")
    with pytest.raises(image.PhotoWrongType) as refused:
        read_photo(path)
    assert "anna" not in str(refused.value)


def test_without_a_guide_a_photo_is_padded_to_a_centred_square(encode, paint_face):
    square = square_crop(read_photo(encode(paint_face(size=(480, 640)), "PNG")), None, 114)
    assert square.pixels.size == (640, 640)
    assert square.pixels.getpixel((79, 320)) == (114, 114, 114) != square.pixels.getpixel((80, 320))
    assert (square.left_px, square.top_px, square.width_px) == (-80, 0, 640)


def test_with_a_guide_the_square_is_the_ovals_bounding_square(encode, paint_face, zone_table):
    square = square_crop(read_photo(encode(paint_face(size=(500, 800)), "PNG")), zone_table, 114)
    assert square.pixels.size == (480, 480)
    assert (square.left_px, square.top_px, square.height_px) == (10, 160, 480)


@pytest.mark.parametrize("side", [320, 479, 480, 500, 641, 959, 960, 1001, 1280])
@pytest.mark.parametrize("size", [320, 640])
def test_the_tensor_is_pillows_bilinear_resize_in_0_to_1(side, size, paint_face):
    square = square_crop(image.Photo(paint_face(size=(side, side)), side, side), None, 114)
    tensor = square.tensor(size)
    resized = np.asarray(square.pixels.resize((size, size), Image.Resampling.BILINEAR, reducing_gap=None))
    assert tensor.shape == (1, size, size, 3)
    assert tensor.dtype == np.float32
    assert np.array_equal(tensor[0], resized.astype(np.float32) / np.float32(255))

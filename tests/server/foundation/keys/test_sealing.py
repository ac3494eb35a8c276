"""What is sealed under a name can be read back under that name with that key, whole and unchanged, or not at all."""

import pytest

from server.foundation.keys.errors import KeyLost, Tampered
from server.foundation.keys.sealing import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, derived, seal, unseal

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
PIECE = CHUNK_BYTES + TAG_BYTES
SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7]


def sealed(data, name="photo", key=KEY):
    return b"".join(seal(key, name, [data]))


def opened(data, name="photo", key=KEY):
    return b"".join(unseal(key, name, [data]))


def pieces(data):
    """The header and the chunks of something sealed."""
    starts = range(HEADER_BYTES, len(data), PIECE)
    return [data[:HEADER_BYTES], *(data[start : start + PIECE] for start in starts)]


def content(size):
    return bytes(number % 251 for number in range(size))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back(size):
    assert opened(sealed(content(size))) == content(size)


@pytest.mark.parametrize("end", [b"\0", b"\x80", b"\x80\0\0", b"\0" * 70_000])
def test_an_end_that_looks_like_padding_comes_back(end):
    assert opened(sealed(b"x" + end)) == b"x" + end


def test_parts_of_any_size_are_sealed_and_read_as_a_stream():
    data = content(3 * CHUNK_BYTES + 7)
    parts = [data[start : start + 1000] for start in range(0, len(data), 1000)]
    whole = b"".join(seal(KEY, "photo", parts))
    read = [whole[start : start + 777] for start in range(0, len(whole), 777)]
    assert b"".join(unseal(KEY, "photo", read)) == data


def test_nothing_of_the_content_is_in_what_is_kept():
    data = b"the same sixteen" * 4096
    stored = sealed(data)
    assert b"sixteen" not in stored
    assert len({stored[start : start + 16] for start in range(0, len(stored) - 16, 16)}) == len(stored) // 16


def test_equal_content_is_sealed_differently_every_time():
    first, second = sealed(b"a" * 1000), sealed(b"a" * 1000)
    assert not set(pieces(first)) & set(pieces(second))


def test_the_size_tells_the_content_only_to_the_next_chunk():
    assert {len(sealed(content(size))) for size in (0, 1, 5_000, CHUNK_BYTES - 1)} == {HEADER_BYTES + PIECE}


@pytest.mark.parametrize("place", [0, 5, 20, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + PIECE, -1])
def test_a_changed_bit_is_found_wherever_it_is(place):
    data = bytearray(sealed(content(CHUNK_BYTES + 9)))
    data[place] ^= 1
    with pytest.raises((Tampered, KeyLost)):
        opened(bytes(data))


@pytest.mark.parametrize("order", [(0, 2, 1, 3), (0, 1, 1, 3), (0, 2, 3), (0, 1, 2), (0, 3), (0,), (), (0, 1, 2, 3, 3)])
def test_chunks_swapped_repeated_left_out_or_cut_off_are_found(order):
    parts = pieces(sealed(content(2 * CHUNK_BYTES + 9)))
    assert len(parts) == 4
    with pytest.raises(Tampered):
        opened(b"".join(parts[number] for number in order))


@pytest.mark.parametrize("length", [0, 1, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 1, HEADER_BYTES + 20, -1])
def test_an_object_cut_anywhere_is_found(length):
    with pytest.raises(Tampered):
        opened(sealed(content(100))[:length])


def test_a_chunk_of_another_object_of_the_same_patient_is_found():
    first, second = pieces(sealed(content(200_000))), pieces(sealed(content(200_000)))
    with pytest.raises(Tampered):
        opened(b"".join([first[0], second[1], *first[2:]]))


def test_an_object_moved_to_another_name_is_found():
    with pytest.raises(Tampered):
        opened(sealed(b"front", name="t/front"), name="t/left")


def test_another_patients_key_is_told_from_damage():
    with pytest.raises(KeyLost):
        opened(sealed(b"a"), key=OTHER)


def test_what_was_never_sealed_is_found():
    for data in (b"", b"\xff\xd8\xff" + bytes(100_000), bytes(HEADER_BYTES + PIECE)):
        with pytest.raises(Tampered):
            opened(data)


def test_keys_for_different_purposes_have_nothing_in_common():
    assert len({derived(KEY, b"id"), derived(KEY, b"equal photos"), derived(OTHER, b"id"), KEY}) == 4

"""A chain of access entries shows whether any of them was changed, removed or slipped in."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.sharing.accesses.chain import Head, Link, first_break, next_link

TIMELINE = "0f" * 16


def chain(length: int, start: Head | None = None) -> list[Link]:
    links, head = [], start or Head()
    for n in range(length):
        links.append(next_link(TIMELINE, head, f"{n:032x}"))
        head = Head(links[-1].n, links[-1].hash)
    return links


def head_at(links: list[Link], n: int) -> Head:
    return Head(n, links[n - 1].hash)


def test_the_hash_is_the_one_that_phones_are_told_to_compute() -> None:
    first, second = chain(2)
    assert first.hash == "7222a663d5bd1b778f49f037dcc83faaef779b0cebcc71d25725cacb1dcc8709"
    assert second.hash == "b434c827227db358ca60832892e59acba867bd4289b48bc18187973ef88b0f6a"


def test_a_whole_chain_has_no_break_from_its_start_or_from_a_kept_head_on() -> None:
    links = chain(5)
    assert first_break(TIMELINE, links) is None
    assert first_break(TIMELINE, links, noted_head=head_at(links, 5)) is None
    assert first_break(TIMELINE, links[3:], start=head_at(links, 3)) is None
    assert first_break(TIMELINE, [], noted_head=Head()) is None


def test_a_chain_of_another_timeline_is_broken_from_the_start() -> None:
    assert first_break("another", chain(2)).n == 1


@given(st.integers(2, 12), st.data())
def test_every_tampering_before_the_kept_head_is_found_where_it_begins(length: int, data: st.DataObject) -> None:
    links = chain(length)
    head = head_at(links, length)
    n = data.draw(st.integers(1, length), label="entry")
    before, it, after = links[: n - 1], links[n - 1], links[n:]
    slipped_in = next_link(TIMELINE, head_at(links, n - 1) if n > 1 else Head(), "f" * 32)
    pushed_back = [replace(link, n=link.n + 1) for link in links[n - 1 :]]
    closed_up = [replace(link, n=link.n - 1) for link in after]
    rewritten = [*before, slipped_in, *chain(length, head_at([*before, slipped_in], n))]
    for tampered, named in [
        ([*before, replace(it, entry_id="f" * 32), *after], n),
        ([*before, replace(it, hash="f" * 64), *after], n),
        ([*before, *after], n),
        ([*before, *closed_up], n),
        (before, n),
        ([*before, slipped_in, *pushed_back], min(n + 1, length)),
        (rewritten, length),
    ]:
        place = first_break(TIMELINE, tampered, head)
        assert place is not None and place.n == named


def test_without_a_kept_head_a_cut_end_cannot_be_seen() -> None:
    assert first_break(TIMELINE, chain(5)[:3]) is None


def test_a_head_is_read_as_it_is_written() -> None:
    head = head_at(chain(3), 3)
    assert Head.parse(str(head)) == head


@pytest.mark.parametrize(
    "text", ["", "3", "3:", "3:ab", *(f"{n}:{'a' * 64}" for n in ("-1", "x", "")), f"3:{'A' * 64}"]
)
def test_what_is_no_head_is_refused_with_what_one_looks_like(text: str) -> None:
    with pytest.raises(ValueError, match="COUNT:HASH"):
        Head.parse(text)

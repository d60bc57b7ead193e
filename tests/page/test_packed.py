"""What is packed into a page comes out as it was, and holds nothing that a browser would take for a mark."""

from __future__ import annotations

import re

import pytest
from remote_tracker.page.assemble import pack
from remote_tracker.page.packed import unpack

from page.synthetic import HOSTILE, draw_data

MOST_BYTES = 3_000_000


@pytest.mark.parametrize("name", [*HOSTILE, "\udc80", "a\x00b", "\u2028"])
def test_a_name_comes_out_as_it_was(name: str) -> None:
    """Any name, one that is no text too, comes out as it went in, and is letters of base64 in between."""
    packed = pack({"name": name})
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed)
    assert unpack(packed) == {"name": name}


@pytest.mark.parametrize("text", ["", "AAAA", "no base64", pack({"a": 1})[:-8]])
def test_what_is_not_whole_is_refused(text: str) -> None:
    """A text that is cut short or was never packed raises ValueError."""
    with pytest.raises(ValueError, match=r".*"):
        unpack(text)


def test_ten_thousand_videos_fit_into_a_mail() -> None:
    """The data of 10,000 videos with names of 60 letters, and everything in it, takes at most 2 of the page's 3 MB."""
    assert len(pack(draw_data(10_000))) <= MOST_BYTES * 2 / 3

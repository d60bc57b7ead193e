"""Names as a file system gives them: any bytes but a slash and NUL, 255 of them at most."""

from __future__ import annotations

import os
import unicodedata

from hypothesis import strategies as st

LONGEST = 255
ODD = [
    *" '\"$`\\!*?[]{}()<>|&;#~=-%@+,.:^",
    *"\t\r\n\x01\x1b\x7f\x85\ufeff\u2028\u202e\u200b\ue000\ue001\udcff\udcc3",
    *("$(touch HACKED)", "`touch HACKED`", "$HOME", "${x}", "-rf", "--", "-n", "..", ".", "{a,b}", "{name}", "{{ 7 }}"),
    *(
        " unit=",
        ",roi=",
        "# end ",
        "# start ",
        "why=",
        "\\n",
        "$'\\x41'",
        "%s",
        "%n",
        "!!",
        "!(a",
        "\U0001f42d",
        "日本",
    ),
]


def as_stored(text: str, longest: int = LONGEST) -> str:
    """Return the text as a folder lists it: what is no UTF-8 as lone surrogates, cut to so many bytes."""
    raw = os.fsencode(text)
    cut = raw[:longest]
    return cut.decode("utf-8", "ignore") if is_utf8(raw) else os.fsdecode(cut)


def is_utf8(raw: bytes) -> bool:
    """Return whether these bytes are UTF-8."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_name(text: str) -> bool:
    """Return whether a file may be called so."""
    return text not in ("", ".", "..")


_letters = st.characters(exclude_characters="/\0", exclude_categories=["Cs"])
_bytes = st.binary(min_size=1, max_size=4).map(lambda raw: os.fsdecode(raw.replace(b"/", b"+").replace(b"\0", b"-")))
_parts = st.one_of(_letters, _letters, st.sampled_from(ODD), st.sampled_from(ODD), _bytes)
_long = st.builds(lambda part, end: part * LONGEST + end, _parts, _parts)
_short = st.lists(_parts, min_size=1, max_size=12).map("".join)
_words = st.sampled_from(["a", "A", "-rf", ".hidden", "a b", "x" * LONGEST, "ü" * 127, "CON", "a\\", "'", "\n"])
ANY = st.one_of(_short, _short, _long, _words).map(as_stored).filter(is_name)


def is_taken(name: str) -> bool:
    """Return whether a scan takes what is called so: no line break, and UTF-8."""
    return "\n" not in name and is_utf8(os.fsencode(name))


def short(names: st.SearchStrategy[str], longest: int) -> st.SearchStrategy[str]:
    """Return the same names with room for an ending behind them."""
    return names.map(lambda name: as_stored(name, longest)).filter(is_name)


TAKEN = ANY.map(lambda name: "".join(filter(is_taken, name))).filter(is_name)


def _alike(name: str) -> list[str]:
    """Return names that look like this one, or are this one where case or composition is lost."""
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKC")]
    return [*forms, name.upper(), name.casefold(), name.swapcase(), f"{name} ", f" {name}", f"{name}\u200b", f"{name}."]


@st.composite
def lists_of(draw: st.DrawFn, names: st.SearchStrategy[str], longest: int = 240, most: int = 8) -> list[str]:
    """Draw different names, some of which look alike."""
    drawn = draw(st.lists(short(names, longest), min_size=1, max_size=most))
    drawn += [draw(st.sampled_from(_alike(name))) for name in drawn if draw(st.integers(0, 2)) == 0]
    cut = (as_stored(name, longest) for name in drawn)
    return list(dict.fromkeys(name for name in cut if is_name(name) and "/" not in name))

"""The readers of positions, by the word for their form in tracker.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .antrax import read_antrax
from .deeplabcut import read_deeplabcut
from .given import Given
from .idtrackerai import read_idtrackerai
from .sleap import read_sleap
from .tidy import read_tidy
from .tierpsy import read_tierpsy
from .tracks import Tracks
from .tramway import read_tramway
from .trex import read_trex

FORMS: Mapping[str, Callable[[Given], Tracks]] = {
    "tidy": read_tidy,
    "deeplabcut": read_deeplabcut,
    "sleap": read_sleap,
    "idtrackerai": read_idtrackerai,
    "trex": read_trex,
    "tierpsy": read_tierpsy,
    "antrax": read_antrax,
    "tramway": read_tramway,
}

"""The 12 checkpoints: the file of each, its other outputs, and what it wants to be there."""

from __future__ import annotations

from pathlib import Path

POINTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "COMPRESS": (("masked",), ("can_read_video",)),
    "TRAJ_CREATE": (("skeletons",), ("COMPRESS",)),
    "TRAJ_JOIN": (("skeletons",), ("TRAJ_CREATE",)),
    "SKE_INIT": (("skeletons",), ("TRAJ_JOIN",)),
    "BLOB_FEATS": (("skeletons",), ("SKE_INIT",)),
    "SKE_CREATE": (("skeletons",), ("SKE_INIT",)),
    "SKE_FILT": (("skeletons",), ("SKE_CREATE",)),
    "SKE_ORIENT": (("skeletons",), ("SKE_CREATE",)),
    "INT_PROFILE": (("intensities", "skeletons"), ("SKE_CREATE",)),
    "INT_SKE_ORIENT": (("skeletons",), ("INT_PROFILE",)),
    "FEAT_INIT": (("featuresN",), ("SKE_CREATE",)),
    "FEAT_TIERPSY": (("featuresN",), ("FEAT_INIT",)),
}
KEYS = Path(__file__).with_name("keys.txt").read_text(encoding="utf-8").split()

"""Where the networks that filter worms lie; as the real one, it only warns of one that is not there."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping

from tierpsy import AUX_FILES_DIR

DEFAULTS = {
    "tensorflow_default": "model_isworm_20170407_184845.h5",
    "pytorch_default": "model_state_isworm_20200615.pth",
}


def get_model_filter_worms(p_dict: Mapping[str, str]) -> str:
    """Return the path of the network that is asked for, "" where there is none."""
    which, own = p_dict["nn_filter_to_use"], p_dict["path_to_custom_pytorch_model"]
    if which == "none":
        return ""
    path = own if which == "custom" else os.path.join(AUX_FILES_DIR, DEFAULTS[which])
    if not os.path.exists(path):
        warnings.warn("The selected model file to filter spurious particles was not found.", stacklevel=2)
        return ""
    return path

#!/usr/bin/env bash
# sleap-io writes poses into NWB with wrong times, refuses a video whose first frame shows no animal, and what it reads back
# from its own file has lost positions.
#   bash findings/sleap_io_nwb_times.sh        (needs Python 3.11 or newer and the network; writes to a temporary folder)
# Seen with sleap-io 0.9.5, pynwb 4.2.0, ndx-pose 0.4.0, numpy 2.4.6. Twenty frames, one animal in each.
# write_nwb with video_sample_rate 30.0, which its text calls Hz: the file says a rate of 0 frames a second, as the number is
# taken for the seconds from one frame to the next (the whole number 30 is a TypeError). With video_timestamps of a camera of 29.97 frames a second: 29, which is
# two minutes off after an hour; of one of 0.5: 0 once more. An animal that is found in every second frame gets a rate of 0,
# too: save_nwb and load_nwb then give back 1 of its 10 positions. Predictions that begin in frame 1 cannot be written at all
# (IndexError): it needs a position in as many frames as the last frame's number says. The same labels go through .slp
# unharmed. Nothing warns. Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  sleap-io==0.9.5 pynwb==4.2.0 ndx-pose==0.4.0 numpy==2.4.6 pandas==3.1.1
cat >"$place/write.py" <<'PYTHON'
import importlib.metadata
import sys
import warnings

import numpy as np
import pynwb
import sleap_io
from sleap_io.io.nwb_predictions import write_nwb

warnings.simplefilter("ignore")
print(*(f"{name} {importlib.metadata.version(name)}" for name in ("sleap-io", "pynwb", "ndx-pose", "numpy")))
FRAMES = 20


def labels(second=(), begin=0):
    """Labels of one video: an animal in each frame, a second one in some; x is the frame's number."""
    skeleton = sleap_io.Skeleton(["head", "tail"], edges=[("head", "tail")], name="fly")
    video = sleap_io.Video("film.mp4", open_backend=False, backend_metadata={"shape": (100, 32, 32, 1)})
    tracks = [sleap_io.Track("first"), sleap_io.Track("second")][: 2 if second else 1]

    def found(frame, number):
        return sleap_io.PredictedInstance.from_numpy(
            np.array([[frame, number], [frame, number + 0.5]], float),
            skeleton=skeleton, point_scores=np.array([0.9, 0.8]), score=0.9, track=tracks[number], tracking_score=0.9,
        )

    frames = [
        sleap_io.LabeledFrame(
            video=video, frame_idx=frame, instances=[found(frame, which) for which in range(1 + (frame in second))]
        )
        for frame in range(begin, FRAMES)
    ]
    return sleap_io.Labels(frames, videos=[video], skeletons=[skeleton], tracks=tracks)


def rate(path, track="first"):
    with pynwb.NWBHDF5IO(path, "r", load_namespaces=True) as io:
        of = {(each.parent.name, each.name): each for each in io.read().objects.values() if hasattr(each, "rate")}
        return of[f"track={track}", "head"].rate


def positions(read):
    return sum(float(each.numpy()[0, 1]) == 1 for frame in read for each in frame)


told = {}
try:
    write_nwb(labels(), "times.nwb", pose_estimation_metadata={"video_sample_rate": 30})
    whole = "written"
except TypeError as error:
    whole = type(error).__name__
print("video_sample_rate 30:", whole)
for name, times in (
    ("video_sample_rate 30.0", {"video_sample_rate": 30.0}),
    ("video_timestamps at 29.97", {"video_timestamps": np.arange(FRAMES) / 29.97}),
    ("video_timestamps at 0.5", {"video_timestamps": np.arange(FRAMES) * 2.0}),
):
    write_nwb(labels(), "times.nwb", pose_estimation_metadata=times)
    told[name] = rate("times.nwb")
    print(f"{name}: the file says {told[name]:g} frames a second")
half = labels(second=range(0, FRAMES, 2))
sleap_io.save_nwb(half, "half.nwb")
half.save("half.slp", verbose=False)
back, slp = positions(sleap_io.load_nwb("half.nwb")), positions(sleap_io.load_slp("half.slp", open_videos=False))
print(f"found in every second frame, 10 positions: rate {rate('half.nwb', 'second'):g}, read back {back}, from .slp {slp}")
try:
    sleap_io.save_nwb(labels(begin=1), "later.nwb")
    later = "written"
except IndexError as error:
    later = type(error).__name__
print("predictions that begin in frame 1:", later)
as_seen = list(told.values()) == [0, 29, 0] and (back, slp, later, whole) == (1, 10, "IndexError", "TypeError")
print("as seen" if as_seen else "not as it was any more")
sys.exit(0 if as_seen else 1)
PYTHON
cd "$place"
"$place/venv/bin/python" "$place/write.py"

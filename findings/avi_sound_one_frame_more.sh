#!/usr/bin/env bash
# An AVI that ffmpeg wrote with compressed sound claims one video frame more than it holds; OpenCV believes the claim.
#   bash findings/avi_sound_one_frame_more.sh        (needs Python 3 and the network; writes to a temporary folder)
# Seen with imageio-ffmpeg 0.6.0 (its ffmpeg is 7.0.2), opencv-python-headless 4.12.0.88. 25 frames, MJPEG and FFV1, are
# written alone, with uncompressed sound (pcm_s16le) and with compressed sound (aac, mp3) of the same length. In the header
# of the video's stream, dwLength is 25 without sound and with pcm_s16le, 26 with aac or mp3; OpenCV says 26 frames, and 25
# can be read. In MP4, whose table lists each frame, it is 25 in any case. A check "as many frames as the header claims"
# refuses such a recording as cut short, unless one frame may be missing. Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.6.0 \
  opencv-python-headless==4.12.0.88 numpy==2.2.6
cat >"$place/count.py" <<'PYTHON'
import struct
import subprocess
import sys
from pathlib import Path

import cv2
import imageio_ffmpeg

FRAMES = 25
ffmpeg, place = imageio_ffmpeg.get_ffmpeg_exe(), Path(sys.argv[1])
print("imageio-ffmpeg", imageio_ffmpeg.__version__, "ffmpeg", imageio_ffmpeg.get_ffmpeg_version(), "opencv", cv2.__version__)


def write(path, codec, sound):
    """Write 25 frames at 25 a second, with a second of sound beside them."""
    picture = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=25:duration=1"]
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-c:a", sound] if sound else []
    subprocess.run([ffmpeg, "-v", "error", *picture, *tone[:4], "-c:v", codec, *tone[4:], path], check=True)


def claimed_by_header(path):
    """Return dwLength of the first video stream's header; a claim of AVI files alone."""
    raw = path.read_bytes()
    at = raw.index(b"strh") + 8
    while raw[at : at + 4] != b"vids":
        at = raw.index(b"strh", at) + 8
    return struct.unpack_from("<I", raw, at + 32)[0]


def count(path):
    """Return how many frames OpenCV says there are, and how many it can read."""
    video = cv2.VideoCapture(str(path))
    said, read = int(video.get(cv2.CAP_PROP_FRAME_COUNT)), 0
    while video.read()[0]:
        read += 1
    return said, read


as_seen = True
for codec, ending in (("mjpeg", "avi"), ("ffv1", "avi"), ("mjpeg", "mp4")):
    for sound in ("", "pcm_s16le", "aac", "libmp3lame"):
        if ending == "mp4" and sound == "pcm_s16le":  # not every ffmpeg puts it there
            continue
        path = place / f"{codec}_{sound}.{ending}"
        write(path, codec, sound)
        header = claimed_by_header(path) if ending == "avi" else FRAMES
        said, read = count(path)
        one_more = int(ending == "avi" and sound in ("aac", "libmp3lame"))
        as_seen &= (header, said, read) == (FRAMES + one_more, FRAMES + one_more, FRAMES)
        print(f"{ending} {codec:6} sound {sound or 'none':10} header {header}, OpenCV says {said}, can be read {read}")
print("as seen" if as_seen else "not as it was any more")
sys.exit(0 if as_seen else 1)
PYTHON
"$place/venv/bin/python" "$place/count.py" "$place"

#!/usr/bin/env bash
# A film of a high-speed camera that is written as an AVI above 1,000 frames a second: its header says 600, and OpenCV's
# writer leaves frames out.
#   bash findings/avi_above_1000_fps.sh        (needs Python 3 and the network; writes to a temporary folder)
# Seen with opencv-python-headless 5.0.0.93, imageio-ffmpeg 0.6.0 (its ffmpeg is 7.0.2), av 18.1.0. Of 60 frames, MJPEG: up
# to 1,000 a second all are there, and the header says the rate. At 1,200 and 3,000 cv2.VideoWriter, which is told the rate
# when it is opened, keeps 31 and 15 of them; write() returns nothing, a line goes to stderr for each frame that is lost.
# ffmpeg itself keeps all 60. Both write 600 frames a second into the header, so that OpenCV and PyAV tell speeds that are 2
# and 5 times too small. The format is not to blame: with the true rate written into the same header afterwards (avih, strh)
# both readers give 60 frames at 3,000 a second. MP4 has no such limit: all frames, the true rate. Exit code 1 where this is
# not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check opencv-python-headless==5.0.0.93 \
  imageio-ffmpeg==0.6.0 av==18.1.0 numpy==2.4.6
cat >"$place/rates.py" <<'PYTHON'
import struct
import subprocess
import sys
from pathlib import Path

import av
import cv2
import imageio_ffmpeg
import numpy as np

FRAMES, place = 60, Path(sys.argv[1])
ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
print("opencv", cv2.__version__, "ffmpeg", imageio_ffmpeg.get_ffmpeg_version(), "av", av.__version__)


def by_opencv(path, fps):
    """Write 60 frames, each brighter than the one before."""
    code = cv2.VideoWriter.fourcc(*("MJPG" if path.suffix == ".avi" else "mp4v"))
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, fps, (64, 64))
    for number in range(FRAMES):
        writer.write(np.full((64, 64, 3), 4 * number, np.uint8))
    writer.release()


def by_ffmpeg(path, fps):
    """Write 60 frames of a test picture."""
    source = f"testsrc=size=64x64:rate={fps}:duration={(FRAMES - 0.5) / fps}"
    subprocess.run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "mjpeg", path], check=True)


def say_rate(path, fps):
    """Write the rate into the header of an AVI."""
    raw = bytearray(path.read_bytes())
    struct.pack_into("<I", raw, raw.index(b"avih") + 8, round(1_000_000 / fps))
    struct.pack_into("<II", raw, raw.index(b"strh") + 28, 1, fps)
    path.write_bytes(raw)


def read(path):
    """Return how many frames OpenCV and PyAV read, and the rate that each of them tells."""
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    seen = sum(video.grab() for _ in range(2 * FRAMES))
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        return seen, round(video.get(cv2.CAP_PROP_FPS)), sum(1 for _ in file.decode(stream)), round(stream.average_rate)


as_seen = True
for write, ending, fps, expected in (
    (by_opencv, "avi", 1000, (60, 1000, 60, 1000)),
    (by_opencv, "avi", 1200, (31, 600, 31, 600)),
    (by_opencv, "avi", 3000, (15, 600, 15, 600)),
    (by_ffmpeg, "avi", 1000, (60, 1000, 60, 1000)),
    (by_ffmpeg, "avi", 3000, (60, 600, 60, 600)),
    (by_opencv, "mp4", 3000, (60, 3000, 60, 3000)),
):
    path = place / f"{write.__name__}_{fps}.{ending}"
    write(path, fps)
    found = read(path)
    as_seen &= found == expected
    print(f"{write.__name__:9} {ending} {fps}: OpenCV reads {found[0]} at {found[1]}, PyAV {found[2]} at {found[3]}")
path = place / "by_ffmpeg_3000.avi"
say_rate(path, 3000)
found = read(path)
as_seen &= found == (60, 3000, 60, 3000)
print(f"the rate written into the header: OpenCV reads {found[0]} at {found[1]}, PyAV {found[2]} at {found[3]}")
print("as seen" if as_seen else "not as it was any more")
sys.exit(0 if as_seen else 1)
PYTHON
"$place/venv/bin/python" "$place/rates.py" "$place" 2>/dev/null

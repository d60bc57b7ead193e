#!/usr/bin/env bash
# A film from which a camera dropped frames (their time stamps show it): readers that go through the ffmpeg program fill
# the hole with copies, some still count only the real frames, and so the frame numbers of two readers do not agree.
#   bash findings/holes_renumber_frames.sh        (needs Python 3, ffmpeg and ffprobe, the network; a temporary folder)
# Seen with ffmpegcv 0.3.20 (ffmpeg 5.1.9 of Debian 12), imageio 2.38.1 and imageio-ffmpeg 0.8.1, pims 0.7, av 18.1.0,
# opencv-python-headless 5.0.0.93. An MP4 of H.264 has 20 frames at 10 a second, each of which shows its number, 0-9
# and 20-29; it holds no copies. OpenCV, PyAV and pims.PyAVReaderIndexed give these 20. ffmpegcv says that there are 20,
# gives 22, of which 9 stands 11 times, and 20 to 27 never come. imageio's ffmpeg reader counts 20 and gives 30;
# pims.ImageIOReader, which believes that count, ends before all frames behind the hole. pims.PyAVReaderTimed gives 20,
# by an average rate: 9 seven times, and every third frame not at all. A pose that was made by one reader and is drawn, cut
# or labelled by another lies on another picture. Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check ffmpegcv==0.3.20 imageio==2.38.1 \
  imageio-ffmpeg==0.8.1 pims==0.7 av==18.1.0 opencv-python-headless==5.0.0.93
cat >"$place/read.py" <<'PYTHON'
import subprocess
import sys
from pathlib import Path

import av
import cv2
import ffmpegcv
import imageio
import numpy as np
import pims

KEPT = [*range(10), *range(20, 30)]
film = Path(sys.argv[1]) / "holes.mp4"


def write(path):
    """Write 30 frames at 10 a second without the frames 10 to 19; in frame n the nth of 32 columns is white."""
    columns = np.repeat(np.eye(32, dtype=np.uint8)[:30] * 255, 8, axis=1)
    raw = b"".join(np.tile(line, (64, 1)).tobytes() for line in columns)
    source = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "256x64", "-r", "10", "-i", "-"]
    drop = ["-vf", "select='lt(n,10)+gte(n,20)'", "-vsync", "passthrough"]
    subprocess.run(["ffmpeg", "-v", "error", *source, *drop, "-c:v", "libx264", "-qp", "0", path], input=raw, check=True)


def number_of(picture):
    """Return which of the 30 frames a picture is."""
    shown = np.asarray(picture)
    return int(shown.reshape(64, 32, -1).mean(axis=(0, 2)).argmax())


def by_opencv():
    video, found = cv2.VideoCapture(str(film)), []
    while True:
        more, picture = video.read()
        if not more:
            return int(video.get(cv2.CAP_PROP_FRAME_COUNT)), found
        found.append(number_of(picture))


def by_av():
    with av.open(str(film)) as video:
        return video.streams.video[0].frames, [number_of(p.to_ndarray(format="gray")) for p in video.decode(video=0)]


def by_ffmpegcv():
    video = ffmpegcv.VideoCapture(str(film))
    return len(video), [number_of(picture) for picture in video]


def by_imageio():
    video = imageio.get_reader(film, "ffmpeg")
    return video.count_frames(), [number_of(picture) for picture in video]


def by_pims(reader):
    video = reader(str(film))
    return len(video), [number_of(video[index]) for index in range(len(video))]


write(film)
filled = [*range(10), *[9] * 10, *range(20, 30)]
expected = {
    "OpenCV": (by_opencv(), (20, KEPT)),
    "PyAV": (by_av(), (20, KEPT)),
    "pims.PyAVReaderIndexed": (by_pims(pims.PyAVReaderIndexed), (20, KEPT)),
    "ffmpegcv": (by_ffmpegcv(), (20, [*range(10), *[9] * 10, 28, 29])),
    "imageio, ffmpeg": (by_imageio(), (20, filled)),
    "pims.ImageIOReader": (by_pims(pims.ImageIOReader), (20, filled[:20])),
    "pims.PyAVReaderTimed": (
        by_pims(pims.PyAVReaderTimed),
        (20, [0, 1, 3, 4, 6, 7, *[9] * 7, 20, 21, 22, 24, 25, 27, 28]),
    ),
}
for name, ((said, read), _) in expected.items():
    lost = sorted(set(KEPT) - set(read))
    print(f"{name:22} says {said}, gives {len(read)}, never shows {lost or 'none'}")
as_seen = all(found == seen for found, seen in expected.values())
print("as seen" if as_seen else "not as it was any more")
sys.exit(0 if as_seen else 1)
PYTHON
"$place/venv/bin/python" "$place/read.py" "$place"

#!/usr/bin/env bash
# Since version 4.13 OpenCV gives the same picture for every frame of an interlaced video, and says each time that it was read.
#   bash findings/opencv_interlaced_frozen.sh        (needs Python 3 and the network; writes to a temporary folder)
# Seen with opencv-python-headless 4.12.0.88, 4.13.0.92, 4.14.0.94 and 5.0.0.93 (the newest on the day), imageio-ffmpeg 0.6.0
# (its ffmpeg is 7.0.2), av 18.1.0. A bright square goes through 25 frames that are written as camcorders, DV tapes and
# digitized analog cameras have them: H.264, MPEG-2, MPEG-4 part 2, DV, ProRes, FFV1, all marked as interlaced. 4.12 and PyAV
# give 25 different pictures of each. From 4.13 on read() returns True 25 times, with one picture of which no pixel changes,
# and which need not look like the video at all; a line of swscale ("Cannot convert interlaced to progressive frames") goes to
# stderr for each. Interlaced MJPEG, Huffyuv and raw video are read. Programs that track through OpenCV then find nothing that
# moves, or one thing that never moves, in every such video, and end well. Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.6.0 av==18.1.0 numpy==2.2.6
cat >"$place/write.py" <<'PYTHON'
import subprocess
import sys
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

place, ffmpeg = Path(sys.argv[1]), imageio_ffmpeg.get_ffmpeg_exe()
print("ffmpeg", imageio_ffmpeg.get_ffmpeg_version(), "av", av.__version__)
frames = np.full((25, 576, 720, 3), 60, np.uint8)
for number, frame in enumerate(frames):
    frame[200:260, 40 + 20 * number : 100 + 20 * number] = 220
woven = ["-flags", "+ildct+ilme"]
for name, options in {
    "h264.mp4": ["-c:v", "libx264", "-pix_fmt", "yuv420p", *woven],
    "mpeg2.mkv": ["-c:v", "mpeg2video", *woven],
    "mpeg4.avi": ["-c:v", "mpeg4", *woven],
    "dv.avi": ["-pix_fmt", "yuv420p", "-c:v", "dvvideo"],
    "prores.mov": ["-c:v", "prores_ks", *woven],
    "ffv1.mkv": ["-vf", "setfield=tff", "-c:v", "ffv1"],
    "mjpeg.mkv": ["-vf", "setfield=tff", "-c:v", "mjpeg", "-q:v", "2"],
}.items():
    source = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", "720x576", "-r", "25", "-i", "-"]
    subprocess.run([ffmpeg, "-v", "error", *source, *options, place / name], input=frames.tobytes(), check=True)
    with av.open(str(place / name)) as file:
        pictures = {picture.to_ndarray(format="gray").tobytes() for picture in file.decode(video=0)}
    assert len(pictures) == 25, (name, len(pictures))
print("PyAV: 25 different pictures of each")
PYTHON
cat >"$place/read.py" <<'PYTHON'
import sys
from pathlib import Path

import cv2

found = {}
for path in sorted(Path(sys.argv[1]).glob("*.*")):
    if path.suffix == ".py":
        continue
    video, pictures, read = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), set(), 0
    while (got := video.read())[0]:
        pictures.add(got[1].tobytes())
        read += 1
    assert read == 25, (path, read)
    found[path.name] = len(pictures)
print(f"OpenCV {sys.argv[2]}: different pictures among 25 that were read:", *(f"{k} {v}" for k, v in found.items()))
wanted = {name: 1 if sys.argv[3] == "frozen" and name != "mjpeg.mkv" else 25 for name in found}
sys.exit(0 if found == wanted else 1)
PYTHON
"$place/venv/bin/python" "$place/write.py" "$place"
as_seen=yes
for version in 4.12.0.88 4.13.0.92 4.14.0.94 5.0.0.93; do
  "$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps \
    "opencv-python-headless==$version"
  expected=frozen
  if [[ $version == 4.12.* ]]; then expected=alive; fi
  "$place/venv/bin/python" "$place/read.py" "$place" "$version" "$expected" 2>/dev/null || as_seen=no
done
if [[ $as_seen == no ]]; then
  echo "not as it was any more"
  exit 1
fi
echo "as seen"

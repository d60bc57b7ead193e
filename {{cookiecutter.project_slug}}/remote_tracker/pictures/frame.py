"""Read a frame of a video for its picture: of a video, an imgstore, a folder of images, or Tierpsy's masked video."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence

import cv2
import h5py
import numpy as np

from ..named_tuple import NamedTuple
from .palette import Image

IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".pgm")
VIDEOS = (".avi", ".mp4", ".mkv", ".mov", ".m4v", ".webm", ".wmv", ".mjpg", ".mjpeg", ".mpg", ".mpeg", ".mts", ".ts")
MASKED = (".hdf5", ".h5")
STORE = "metadata.yaml"
_CHUNK = re.compile(r"\d{6}")  # of an imgstore: the name of a folder, or of a video without its ending


class Frame(NamedTuple):
    """A frame in grey, height x width; None where none can be read, and why."""

    image: Image | None
    why_not: str = ""


def read_frame(places: Sequence[str], number: int) -> Frame:
    """Return a frame, by its number from 0, of the video at some absolute paths; its first where it has no such frame.

    The first path counts that is a video, an image, or a folder of either. What cannot be read says why.
    """
    for place in places:
        if read := _reader_of(place):
            try:
                return read(place, number)
            except (OSError, KeyError, IndexError, ValueError, RuntimeError, cv2.error) as error:
                return Frame(None, " ".join(str(error).split()) or type(error).__name__)
    return Frame(None, "there is no video to show")


def _reader_of(place: str) -> Callable[[str, int], Frame] | None:
    """Return what reads a frame at the path; None for a file that holds none."""
    name = os.path.basename(place.rstrip("/")).lower()
    if name == STORE:
        return lambda place, number: _from_folder(os.path.dirname(place), number)
    if os.path.isdir(place):
        return _from_folder
    for read, endings in ((_from_image, IMAGES), (_from_video, VIDEOS), (_from_masked, MASKED)):
        if name.endswith(endings):
            return read
    return None


def _from_video(place: str, number: int) -> Frame:
    if not os.path.exists(place):
        return Frame(None, "the video is not here")
    # FFmpeg by name, and one thread: see trackers/opencv/read_video.py
    capture = cv2.VideoCapture(os.path.abspath(place), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    try:
        if number:
            capture.set(cv2.CAP_PROP_POS_FRAMES, number)
        found, image = capture.read()
        if not found and number:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            found, image = capture.read()
    finally:
        capture.release()
    return Frame(_grey(np.asarray(image))) if found else Frame(None, "no frame of the video can be read")


def _from_image(place: str, _number: int) -> Frame:
    image = cv2.imdecode(np.fromfile(place, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    return Frame(None, "the image cannot be read") if image is None else Frame(_grey(np.asarray(image)))


def _from_folder(folder: str, number: int) -> Frame:
    """Return a frame of an imgstore, whose first chunk is a video or a folder of images; or of a folder of images."""
    names = sorted(os.listdir(folder))
    images = [name for name in names if name.lower().endswith(IMAGES)]
    chunks = [name for name in names if _CHUNK.fullmatch(os.path.splitext(name)[0])]
    videos = [name for name in chunks if name.lower().endswith(VIDEOS)]
    if videos:
        return _from_video(os.path.join(folder, videos[0]), 0)
    if images:
        return _from_image(os.path.join(folder, images[min(number, len(images) - 1)]), 0)
    inner = [name for name in chunks if os.path.isdir(os.path.join(folder, name))]
    return _from_folder(os.path.join(folder, inner[0]), 0) if inner else Frame(None, "no image is in the folder")


def _from_masked(place: str, number: int) -> Frame:
    """Return a frame of the dataset ``mask``, in which Tierpsy keeps the masked video."""
    with h5py.File(place, "r", locking=False) as file:
        masks = file["mask"]
        if not len(masks):
            return Frame(None, "the masked video has no frame")
        return Frame(_grey(np.asarray(masks[number if number < len(masks) else 0])))


def _grey(image: Image) -> Image:
    """Return an image in 256 greys; what has more is spread over them."""
    if image.ndim == 3:
        image = image[:, :, 0] if image.shape[2] == 1 else np.asarray(cv2.cvtColor(image[:, :, :3], cv2.COLOR_BGR2GRAY))
    if image.dtype == np.uint8:
        return image
    spread = cv2.normalize(image.astype(np.float32), None, 0, 255, cv2.NORM_MINMAX)  # type: ignore[call-overload]
    return np.asarray(spread).astype(np.uint8)

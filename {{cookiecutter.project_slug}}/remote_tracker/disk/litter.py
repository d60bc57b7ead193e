"""Names of files and folders that systems, not people, put between the videos. Each is left out wherever it lies."""

from __future__ import annotations

FILES = frozenset({"Thumbs.db", "desktop.ini"})
# Recycle bins, snapshots and indices of storage servers (Synology, QNAP, NetApp, Windows, ext4, macOS), in lower case.
# Bins that begin with a dot (.Trash-1000, .snapshot) are left out with everything hidden.
_FOLDERS = frozenset(
    {
        "#recycle",
        "#snapshot",
        "@eadir",
        "@recently-snapshot",
        "@recycle",
        "@sharesnap",
        "@tmp",
        "$recycle.bin",
        "__macosx",
        "lost+found",
        "recycler",
        "system volume information",
        "~snapshot",
    }
)


def is_bin(folder: str) -> bool:
    """Return whether a folder of this name holds what a storage server keeps for itself, as deleted files."""
    return folder.lower() in _FOLDERS

"""Names of files and folders that systems, not people, put between the videos: the only table of junk.

Each is left out wherever it lies, and no scan counts it among the files that are not read.
"""

from __future__ import annotations

FILES = frozenset({"Thumbs.db", "thumbs.db", "ehthumbs.db", "desktop.ini", "Desktop.ini", "Icon\r"})
# Hidden files of macOS, Linux desktops, NFS, git and syncing programs; ._plate.avi is what macOS puts beside plate.avi.
_HIDDEN = frozenset({".DS_Store", ".localized", ".directory", ".gitkeep", ".gitignore", ".apdisk", ".hidden"})
_STARTS = ("._", ".nfs", ".fuse_hidden", ".smbdelete", ".~lock.", ".dropbox", ".TemporaryItems", ".VolumeIcon")
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


def is_litter(file: str) -> bool:
    """Return whether a file of this name belongs to a system, a mount or a syncing program, and is nobody's video."""
    return file in FILES or file in _HIDDEN or file.startswith(_STARTS)


def is_bin(folder: str) -> bool:
    """Return whether a folder of this name holds what a storage server keeps for itself, as deleted files."""
    return folder.lower() in _FOLDERS

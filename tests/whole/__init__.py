"""The main job, end to end: scan, process, kill, scan again."""

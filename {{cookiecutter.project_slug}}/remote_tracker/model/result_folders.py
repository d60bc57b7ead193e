"""The folders of Results that hold no results: what ./rt join and ./rt report write about all videos."""

from __future__ import annotations

# Below Results, each with the verb that writes there; such a folder is never a day, and no result lies in it.
OWN_FOLDERS = {"joined": "./rt join", "report": "./rt report"}
OWN_PAGE = "report.html"  # of ./rt report
RESULTS = "Results/"

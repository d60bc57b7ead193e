"""The folders of Results that hold no results: what ./rt join and ./rt report write about all videos."""

from __future__ import annotations

# Below Results; none of them is ever a day, and no result lies in one. Each with the verb that writes there.
OWN_FOLDERS = {"joined": "./rt join", "report": "./rt report"}
OWN_PAGE = "report.html"  # of ./rt report
RESULTS = "Results/"

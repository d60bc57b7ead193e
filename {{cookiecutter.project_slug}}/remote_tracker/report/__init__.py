"""What people read: a scan's summary, the status by day. Values in, text out."""

from .failures import failures_data, failures_text
from .scan import scan_data, scan_output, scan_text
from .status import next_of, status_data, status_text, verified_text
from .trackers import tracker_data, tracker_text, trackers_text
from .words import heading, number_of, shown

__all__ = [
    "failures_data",
    "failures_text",
    "heading",
    "next_of",
    "number_of",
    "scan_data",
    "scan_output",
    "scan_text",
    "shown",
    "status_data",
    "status_text",
    "tracker_data",
    "tracker_text",
    "trackers_text",
    "verified_text",
]

"""Tests of remote_tracker/report."""

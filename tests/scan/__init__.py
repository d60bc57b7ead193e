"""Tests of remote_tracker/scan."""

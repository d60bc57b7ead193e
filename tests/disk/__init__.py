"""Tests of remote_tracker/records."""

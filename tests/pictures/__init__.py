"""Tests of remote_tracker/pictures."""

"""Tests of remote_tracker.notify."""

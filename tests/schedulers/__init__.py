"""Tests of remote_tracker/schedulers."""

"""Tests of remote_tracker/measures."""

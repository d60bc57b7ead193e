"""Tests of remote_tracker/machine."""

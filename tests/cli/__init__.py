"""Tests of remote_tracker/run."""

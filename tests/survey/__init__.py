"""Tests of remote_tracker/survey."""

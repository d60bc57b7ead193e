"""Tests of remote_tracker/render."""

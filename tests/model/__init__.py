"""Tests of remote_tracker/model."""

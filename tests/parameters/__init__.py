"""Tests of remote_tracker/parameters."""

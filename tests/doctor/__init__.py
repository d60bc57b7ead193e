"""Tests of remote_tracker/doctor."""

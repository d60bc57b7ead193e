"""Tests of remote_tracker/exports."""

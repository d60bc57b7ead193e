"""Tests of remote_tracker/batches."""

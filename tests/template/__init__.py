"""Tests of making and updating a project."""

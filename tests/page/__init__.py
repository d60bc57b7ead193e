"""Tests of the project's page."""

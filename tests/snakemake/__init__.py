"""Tests of remote_tracker/snakemake."""

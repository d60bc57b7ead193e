"""Snakemake: its workflows as trackers, the jobs of their rules, and projects handed over to it."""

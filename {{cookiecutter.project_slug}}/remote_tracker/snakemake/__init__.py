"""Snakemake: workflows as trackers, the jobs of a workflow's rules, and projects handed over to Snakemake."""

"""A project handed to Snakemake: what there is to do, as a Snakefile and a profile that any of its executors takes."""

from .export import export, run_later

__all__ = ["export", "run_later"]

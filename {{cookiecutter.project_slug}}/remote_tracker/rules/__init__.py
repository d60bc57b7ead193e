"""The jobs of a workflow's rules, as Snakemake asks for them: sent, looked after, cancelled."""

from .jobs import cancel, clear, status, submit

__all__ = ["cancel", "clear", "status", "submit"]

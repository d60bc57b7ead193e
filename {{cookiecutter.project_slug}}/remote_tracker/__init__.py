"""What every remote-tracker project carries: from a folder of videos to a joined table, on any cluster."""

__version__ = "0.1.0"

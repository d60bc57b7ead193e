"""A stand-in for OpenPBS."""

"""The verbs of ``./rt``: parse, call, print. This file imports nothing: a scan starts without click."""

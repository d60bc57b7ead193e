"""The verbs of ``./rt``: they parse, call and print. This file imports nothing, so that a scan starts without click."""

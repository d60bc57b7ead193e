"""Find out what a machine has for the tracker, here or in a job, and require it before anything is listed.

Imports nothing: a scan reads the answers of a machine only where it asks the machine anew.
"""

"""Join the tables of all days into a single table: find and read day tables, write all three files or none.

Imports nothing: a scan, which only looks which tables there are, would pay 9 ms for csv and sockets.
"""

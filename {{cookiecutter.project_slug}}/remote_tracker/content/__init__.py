"""What files hold: digests of all their bytes and of a sample, and the lines in which tasks note them.

Imports nothing: the programs that tasks start would pay for it (see noted.py).
"""

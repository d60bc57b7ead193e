"""Stand in for TRamWAy 0.7: what python -m tramway was measured to do and to write."""

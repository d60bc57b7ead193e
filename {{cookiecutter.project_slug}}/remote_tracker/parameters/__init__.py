"""Find the files that parameters name, and compute the fingerprint of everything that shapes a result."""

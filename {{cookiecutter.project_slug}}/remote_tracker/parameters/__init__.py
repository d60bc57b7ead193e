"""The files that parameters name, and the fingerprint of all that shapes a result."""

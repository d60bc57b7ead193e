"""One module for each kind of clause that a check may have."""

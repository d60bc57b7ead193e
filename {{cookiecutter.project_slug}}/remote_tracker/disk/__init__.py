"""Write, move and claim files so that nothing is lost and nothing is half, on any disk."""

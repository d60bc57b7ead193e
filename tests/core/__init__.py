"""The pure core: patterns, folders, records, states, commands, batches."""

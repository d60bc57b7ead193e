"""Text that comes from programs and names, made fit to be looked through and shown."""

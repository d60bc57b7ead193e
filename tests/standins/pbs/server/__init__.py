"""The server of the stand-in, with its scheduler and its execution hosts, in one process."""

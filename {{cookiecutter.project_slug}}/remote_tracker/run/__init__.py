"""What runs, waits and goes on: the runner of this machine, ``./rt run``, pilots, retries, the join."""

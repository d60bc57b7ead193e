"""Running a project: this machine's runner, ``./rt run``, submissions, pilots, retries, the join."""

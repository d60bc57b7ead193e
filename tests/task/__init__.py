"""One task: what run_task.sh promises."""

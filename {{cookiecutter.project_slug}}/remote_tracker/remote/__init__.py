"""From a laptop to a cluster and home again: commands by the user's ssh, files by the user's rsync."""

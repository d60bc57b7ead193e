#!/usr/bin/env bash
# Cancel jobs of a workflow:   cancel_rules.sh JOB...
# Snakemake gives a cancelling program 2 seconds, and names no verb: so it goes on by itself.
set -euo pipefail
setsid --fork bash "$(dirname "${BASH_SOURCE[0]}")/rule_jobs.sh" cancel "$@" </dev/null >/dev/null 2>&1

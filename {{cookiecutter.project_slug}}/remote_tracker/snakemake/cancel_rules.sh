#!/usr/bin/env bash
# Cancel jobs of a workflow:   cancel_rules.sh JOB...
# Snakemake gives a cancelling program 2 seconds, and passes no verb: so rule_jobs.sh goes on in its own session.
set -euo pipefail
setsid --fork bash "$(dirname "${BASH_SOURCE[0]}")/rule_jobs.sh" cancel "$@" </dev/null >/dev/null 2>&1

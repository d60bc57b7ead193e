#!/usr/bin/env bash
# What Snakemake asks for the jobs of its rules:   rule_jobs.sh submit SCRIPT | status JOB | cancel JOB... | clear PREFIX
# RULES names the workflow's folder, PROFILE its profile's folder; helper is the Python of the scan that made the batch.
set -euo pipefail
helper=''
# shellcheck source=/dev/null
source "$PROFILE/../settings.sh"
exec "$helper" -I -X utf8 "$(dirname "${BASH_SOURCE[0]}")/serve.py" "$RULES" "$@"

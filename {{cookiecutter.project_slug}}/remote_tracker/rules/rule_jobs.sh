#!/usr/bin/env bash
# Goes with 0.2: this is snakemake/rule_jobs.sh now. A Snakemake that was started before ./rt update swapped the two,
# and a snakemake/Snakefile that ./rt export snakemake wrote before, call it by this name.
set -euo pipefail
exec bash "$(dirname "${BASH_SOURCE[0]}")/../snakemake/rule_jobs.sh" "$@"

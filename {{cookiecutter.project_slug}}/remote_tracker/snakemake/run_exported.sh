#!/usr/bin/env bash
# Run one task for Snakemake, as the job array does, and note that it is finished, in the project's folder:
#   run_exported.sh <name of the Snakemake> <marker> <folder> <batch> <n>
# Where <batch> is "later", <n> is the place of the task in project.json: it is listed only now.
set -euo pipefail
[[ $# -eq 5 ]] || { sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
export RT_JOB=$1 RT_NODE=${SLURMD_NODENAME:-}
[[ -n ${SLURM_JOB_ID:-}${PBS_JOBID:-}${JOB_ID:-}${LSB_JOBID:-} ]] || export RT_ALONE=yes # no node of a cluster
if [[ $4 == later ]]; then
  # Not every scheduler hands the environment on: the Python that exported the project runs the task, too.
  helper=''
  # shellcheck source=/dev/null
  if [[ -r snakemake/batches/export/settings.sh ]]; then source snakemake/batches/export/settings.sh; fi
  REMOTE_TRACKER_PYTHON=${helper:-${REMOTE_TRACKER_PYTHON:-}} ./rt export snakemake --later "$5"
else
  bash "$3/batches/$4/run_task.sh" "$4" "$5"
fi
mkdir -p "${2%/*}"
: >"$2"

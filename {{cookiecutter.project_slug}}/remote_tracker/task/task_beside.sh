# shellcheck shell=bash disable=SC2034,SC2154
# The tasks of one job side by side, where they share a GPU: each has the job's allocation, sees the GPU that the job was
# given (CUDA_VISIBLE_DEVICES), and has its own log, folder and proof. And how many threads each may start.
# Reads: wanted stopped rules; RT_CORES of a run without a scheduler
# Sets: worst told; exports OMP_NUM_THREADS

limit_threads() { # PyTorch and other libraries start a thread for each core of the node, whatever the job may use
  local cores=${RT_CORES:-${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-${NCPUS:-${NSLOTS:-${LSB_DJOB_NUMPROC:-}}}}}}
  if ! [[ $cores =~ ^[1-9][0-9]{0,5}$ ]]; then return 0; fi
  if [[ -n $rules || ${OMP_NUM_THREADS:-$cores} != "$cores" ]]; then return 0; fi # rules have their own; so said somebody
  if [[ -n ${RT_BESIDE:-} ]]; then cores=$((cores / ${#wanted[@]})); fi
  export OMP_NUM_THREADS=$((cores > 0 ? cores : 1)) # MKL and OpenBLAS go by it, too, where they are not told their own
}

run_beside() { # runs all tasks of the job at once, and waits for the last; what stops the job stops each of them
  local n pid status pids=() # a task begins with the `code` of reset_task
  trap 'stopped=yes; kill -TERM "${pids[@]}" 2>/dev/null || true' TERM INT HUP USR1 USR2
  for n in "${wanted[@]}"; do
    if [[ -n $stopped ]]; then break; fi
    (
      open_told # of its own: through one pipe they would read each other's answers
      run_task "$n"
    ) &
    pids+=("$!")
  done
  for pid in "${pids[@]}"; do
    status=0
    wait "$pid" || status=$?
    while kill -0 "$pid" 2>/dev/null; do # a signal ended the wait, not the task
      status=0
      wait "$pid" || status=$?
    done
    if [[ $status -ne 0 ]]; then worst=$status; fi
  done
}

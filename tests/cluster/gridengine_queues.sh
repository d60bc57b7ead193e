#!/usr/bin/env bash
# Makes the host, the queues and the parallel environment that tests submit to, where they are missing.
#   gridengine_queues.sh FOLDER
set -euo pipefail
folder=$1
# shellcheck source=tests/cluster/gridengine_daemons.sh
source "$(dirname "${BASH_SOURCE[0]}")/gridengine_daemons.sh"
host=$(hostname)
trap 'rm -f "$folder/new"' EXIT

# make OPTION: give GridEngine what is typed as a file; it refuses one from a pipe.
make() { cat >"$folder/new" && qconf "$1" "$folder/new"; }

# A host that is loaded by others takes jobs all the same.
queue() {
  qconf -sq | sed -E -e "s/^(qname) .*/\1 $1/" -e "s/^(h_rt) .*/\1 $2/" -e "s/^(seq_no) .*/\1 $3/" \
    -e 's/^(slots) .*/\1 12/' -e 's/^(hostlist) .*/\1 @allhosts/' -e 's/^(pe_list) .*/\1 smp/' \
    -e 's/^(load_thresholds) .*/\1 NONE/' | make -Aq
}

# Jobs start within a second instead of fifteen, into the queue with the lowest number.
hurry() {
  qconf -ssconf | sed -E -e 's/^(schedule_interval) .*/\1 0:0:1/' -e 's/^(flush_(submit|finish)_sec) .*/\1 1/' \
    -e 's/^(queue_sort_method) .*/\1 seqno/' | make -Msconf
}

[[ " $(qconf -ss 2>/dev/null | xargs) " == *" $host "* ]] || qconf -as "$host"
qconf -shgrp @allhosts || printf 'group_name @allhosts\nhostlist %s\n' "$host" | make -Ahgrp
qconf -sp smp || make -Ap <"$SGE_ROOT/util/resources/pe/smp"
qconf -sq all.q || queue all.q INFINITY 0
qconf -sq short || queue short 00:10:00 1
[[ $(qconf -ssconf) == *"schedule_interval                 0:0:1 "* ]] || hurry

"""The job scripts of the transcripts, made again from what they printed: a gate (a file) holds those that ran long."""

from __future__ import annotations

WAIT = 'until [ -e "$PBS_O_WORKDIR/gate" ] || [ -e "$PBS_O_WORKDIR/gate.$PBS_ARRAY_INDEX" ]; do sleep 0.05; done\n'
ARRAY = "#!/bin/bash\n#PBS -N {name}\n#PBS -J {range}\n#PBS -l select=1:ncpus=1\n#PBS -l walltime=00:05:00\n"
SPEAK = 'echo "idx=$PBS_ARRAY_INDEX id=$PBS_JOBID"\necho err >&2\n'
SHELL = "#!/bin/bash\n"
ENVIRONMENT = 'echo "A=[$A] B=[$B] args=[$*] idx=[$PBS_ARRAY_INDEX] wd=[$PBS_O_WORKDIR] ENVX=[$ENVX]"\numask\n'
ANCESTOR = """#!/bin/bash
#PBS -N name
#PBS -J 1-20
#PBS -o name.log
#PBS -e name.err
cd "$PBS_O_WORKDIR"


line=$(sed -n "${PBS_ARRAY_INDEX}p" files2process.txt)
# What the line says is run here, its output kept.
eval "$line" &> ./pbs_output/output.$PBS_ARRAY_INDEX
exit 0
"""
SCRIPTS = {
    "s.sh": SHELL + SPEAK,
    "empty.sh": "",
    "arr.sh": ARRAY.format(name="arr1", range="1-20") + WAIT + "[ $PBS_ARRAY_INDEX != 2 ] || exit 3\n",
    "arr2.sh": ARRAY.format(name="arr2", range="1-9") + WAIT,
    "wt.sh": SHELL + "[ $PBS_ARRAY_INDEX = 1 ] && trap 'echo gotTERM; exit' TERM\necho start\nsleep 60 & wait\n",
    "wt2.sh": SHELL + "#PBS -l walltime=00:00:05\ntrap : TERM\necho start\nsleep 60\necho end\n",
    "mem.sh": SHELL + "#PBS -l select=1:ncpus=1:mem=50mb\nexec tail < <(head -c 110000000 /dev/zero; sleep 60)\n",
    "mem2.sh": SHELL + "#PBS -l mem=50mb\nx=$(head -c 70000000 /dev/zero | tr '\\0' x)\necho rc=0\n",
    # The last index ends last; with a file "late" the first does. A second apart: no look of the server sees two ends.
    "ex.sh": SHELL
    + "[ -e $PBS_O_WORKDIR/late ] && from=4-\nsleep $((${from:-} PBS_ARRAY_INDEX))\nexit $((--PBS_ARRAY_INDEX))\n",
    "ex3.sh": SHELL + "exit 3\n",
    "ex300.sh": SHELL + "exit 300\n",
    "k9.sh": SHELL + "kill -9 $$\n",
    "name.pbs": ANCESTOR,
    "noshe.sh": "echo noshebang $0\n",
    "noshebang.pbs": "#PBS -J 1-3\nexit 0\n",
    "py.sh": "#!/usr/bin/env python3\n#PBS -N py\nimport os, sys\nprint(os.environ['PBS_JOBID'], sys.version)\n",
    "late.sh": SHELL + "#PBS -N late\necho first\n#PBS -N other\necho x\n",
    "spaced.sh": SHELL + "#PBS -N ok1 # a comment\necho x\n",
    "crlf.sh": "#!/bin/bash\r\n#PBS -N crlf\r\n#PBS -J 1-2\r\n#PBS -l walltime=00:01:00\r\necho $PBS_ARRAY_INDEX\r\n",
    "crlf2.sh": "#!/bin/bash\r\necho hello\r\n",
    # It lives on after SIGTERM, as the real ones seem to for a while.
    "sl.sh": SHELL + "trap '' TERM\nsleep 60 & wait\nsleep 60\n",
    "firstfail.sh": SHELL + WAIT + "[ $PBS_ARRAY_INDEX != 1 ]\n",
    "lastfail.sh": SHELL + WAIT + "[ $PBS_ARRAY_INDEX != 3 ]\n",
    "okarr.sh": SHELL + WAIT,
    "pct.sh": SHELL + "#PBS -N pct\n#PBS -J 1-20%5\n" + WAIT,
    "envv.sh": SHELL + ENVIRONMENT,
    "pctdir.sh": SHELL + "#PBS -J 1-20%5\nexit 0\n",
    "stag.sh": SHELL + "#PBS -N stag\n#PBS -J 1-12\ntrap 'exit' TERM\n" + WAIT + "exit $PBS_ARRAY_INDEX\n",
}

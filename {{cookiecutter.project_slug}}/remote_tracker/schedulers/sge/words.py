"""GridEngine's words: options, states, refusals. Data only.

Measured on GridEngine 8.1.9. (qsub(1), qstat(1), complex(5))
"""

from __future__ import annotations

EXTENSION = "sge"
DIRECTIVE = "#$"

# The words of ./rt submit -> qsub's; script.py writes cpus and memory, as memory is asked for per core.
# Mail is no option of the list's own job: measured, -m sends each task's own, one as it begins and one as it ends.
OPTIONS = {"partition": ["-q"], "account": ["-P"]}
CORES = "-pe"
MEMORY = "h_vmem"
WALLTIME = "h_rt"
WARNING = "s_rt"  # when SIGUSR1 comes; SIGKILL, which leaves no word, comes at h_rt
WARNING_S = 60
LONGEST_NAME = 200

FREE_SLOTS = "waits for free slots"

# Why a job waits: (letters in its state, the reason in words, True: it will never run as it is).
WAITING = (
    ("E", "could not be started and is in error (qstat -j tells why); ./rt cancel, then scan", True),
    ("h", "is held; qrls lets it go", False),
    ("Rq", "was put back and starts again", False),
    ("qw", FREE_SLOTS, False),
)

# What qalter -w v says of a job that would not run on the empty cluster either; the job's id goes into the reason.
NO_QUEUE = "verification: no suitable queues"
NEVER_RUNS = "no node is as it asks (qalter -w v {} tells why): it will never run"
# Not believed with this beside it: qalter -w v takes a load value, as mem_free, for something that no node has.
LOAD_VALUE = "job requests unknown resource"

IS_OVER = r"does not exist|already in deletion"  # what qdel says of a job or task that is over, or just ending

# qsub's refusals: (pattern of its message, the word of ./rt submit that is at fault or "", what to do).
REFUSALS = (
    ("unknown queue", "partition", "Name a queue this cluster has; ./rt doctor lists them."),
    ("unknown resource", "", "This cluster has no such resource; qconf -sc lists those it has."),
    (
        "parallel environment .* does not exist",
        "cpus",
        "Name one that qconf -spl lists, in the script's line -pe and as parallel_environment in the cluster's file.",
    ),
    ("is not a time value", "walltime", "Write the time in hours: 30:00:00."),
    ("is not a memory value", "memory", "Write the memory as 2G."),
    ("missing value for resource", "", "Write a value behind its =."),
    ("is an invalid task id", "", "Scan again: nothing is listed."),
    ("with more than \\d+ tasks", "", "Scan again: no list is longer than this cluster takes."),
    ("jobs are allowed per", "", "The limit of jobs is reached; wait, then scan again."),
    (
        "not a valid object name|not allowed in objectname|name too long",
        "",
        "Scan again: the name in the marked lines is no job's name.",
    ),
    ("requested project|no access to project", "account", "Name a project of yours: qconf -sprjl"),
    (
        "Unknown option|invalid option|unknown trailer|Numerical value invalid",
        "",
        "qsub does not know that option or value.",
    ),
    ("can't resolve hostname", "", "A path in the script holds a colon; take it out."),
    ("lower than minimum user id", "", "GridEngine runs no jobs of this user, as of root."),
    (
        "unable to (send|contact)|can't connect|got no connection",
        "",
        "GridEngine does not answer; try again in some minutes.",
    ),
)

"""PBS's words: options, states, reasons for waiting, refusals. Data only.

Seen on OpenPBS 23.06.06. (qsub(1B), qstat(1B), pbs_job_attributes(7B))
"""

from __future__ import annotations

EXTENSION = "pbs"
DIRECTIVE = "#PBS"

# The words of ./rt submit -> qsub's. The words of CHUNK go together into one -l select=1:ncpus=2:mem=4gb.
CHUNK = {"cpus": "ncpus", "memory": "mem", "gpus": "ngpus"}
OPTIONS = {"partition": "-q", "account": "-A", "walltime": "-l walltime=", "email": "-m abe -M"}

# The letters of qselect's pending and running states. X (a subjob is over) and F (finished) are neither.
PENDING = "QHWT"
RUNNING = "RESU"

# Why an array's subjobs do not start: (a text in its comment, the reason in words, True: it will never run as it is).
REASONS = (
    ("Can Never Run", "asks for more than there is: it will never run", True),
    ("too many failed attempts to run", "could not be started twenty times and is held; ./rt cancel, then scan", True),
    ("Job Array Held", "could not be started or is held; qstat -f tells why; ./rt cancel, then scan", True),
    ("job held", "is held; qrls lets it go", True),
    ("Not Running: Insufficient amount of resource", "waits for free nodes", False),
    ("Not Running: Not enough free nodes", "waits for free nodes", False),
    ("Not Running: Queue not started", "its queue is stopped", False),
    ("Not Running: User has reached", "as many of your jobs run as you may have", False),
    ("Not Running: Job would conflict with reservation", "waits for a reservation", False),
    ("Not Running: Draining", "other jobs come first", False),
    ("Job Array Began", "as many run at once as may", False),
)

# What qdel says of a job or subjob that is over, or in its epilogue: qstat shows such a subjob as running.
IS_OVER = r"Request invalid for state of job|Job has finished|Unknown Job Id|invalid for finished array subjob"

# qsub's refusals: (pattern of its message, the word of ./rt submit that is at fault or "", what to do).
REFUSALS = (
    ("Unknown queue", "partition", "Name a queue this cluster has; ./rt doctor lists them."),
    ("Queue is not enabled", "partition", "That queue takes no jobs now; ./rt doctor lists the others."),
    ("Unauthorized Request", "partition", "You may not use that queue; name another."),
    ("illegal -N value|Job name is too long", "", "Scan again: the name in the marked lines is no job's name."),
    ("illegal -J value", "", "Scan again: nothing is listed. (PBS takes no array of one, and old ones no %.)"),
    ("Array job exceeds", "", "Name the queue in the job script or with --partition: lists are made for that one."),
    ("violates queue and/or server resource limits", "walltime", "Ask for less, or name a queue that gives more."),
    ("per-user limit|per-project limit|per-group limit", "", "Your limit of jobs is reached; wait, then scan again."),
    ("Resource_List.walltime", "walltime", "Write the time in hours: 30:00:00."),
    ("select.mem|Resource_List.mem", "memory", "Write the memory as 2gb."),
    ("Unknown resource", "", "This cluster has no such resource; ask its administrators what theirs is called."),
    ('cannot be used with "select"', "", "Ask for all in one line: #PBS -l select=1:ncpus=2:mem=4gb"),
    ("Illegal attribute or resource value", "", "Write that line as #PBS -l select=1:ncpus=2:mem=4gb"),
    ("multiple max_run_subjobs", "", "Two lines say how many run at once, and qsub takes one."),
    ("Cannot be used with select or place: nodes", "", "Write select: #PBS -l select=1:ncpus=2:mem=4gb"),
    ("directive error", "", "Take the comment behind that #PBS line away."),
    ("contains cr, lf", "", "Take the carriage returns out: sed -i 's/\\r$//' on the script."),
    ("non-rerunable Array", "", "Take the line #PBS -r n out: PBS starts no array with it."),
    ("illegal -W value|illegal -m value|illegal -[a-zA-Z] value", "", "qsub does not know that value."),
    ("invalid option", "", "qsub does not know that option."),
    ("Bad UID", "", "PBS runs no jobs of this user, as of root."),
    ("cannot connect to server", "", "PBS does not answer; try again in some minutes, then ask your administrators."),
    ("No such file or directory", "", "Type it in the folder of the job script."),
)

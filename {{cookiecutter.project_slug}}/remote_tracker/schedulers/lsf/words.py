"""LSF's words: options, states, reasons for waiting, refusals. Data only.

From the manual of IBM Spectrum LSF 10.1 and from texts that its users published; never seen on a real LSF.
"""

from __future__ import annotations

EXTENSION = "lsf"
DIRECTIVE = "#BSUB"

# The words of ./rt submit -> bsub's options; script.py writes memory, walltime and gpus. There is no option for mail:
# with -N each task sends a mail, and the report that says why LSF ended a task goes there instead of into its log.
OPTIONS = {"partition": "-q", "account": "-P", "cpus": "-n"}
RESOURCES = "-R"
MEMORY = "-M"
WALLTIME = "-W"
GPUS = "-gpu"

# States of bjobs(1). A job in any other state may run: RUN, PROV, USUSP, SSUSP, UNKWN, ZOMBI, or a newer LSF's state.
PENDING = ("PEND", "PSUSP", "WAIT")
OVER = ("DONE", "EXIT", "POST_DONE", "POST_ERR")

# Why an element waits: (a text in pend_reason, the reason in words, True: the job will never run as it is).
REASONS = (
    ("New job is waiting for scheduling", "just submitted", False),
    ("ob array has reached its", "as many run at once as were asked for", False),
    ("Dependency condition invalid or never satisfied", "what it waits for never comes: it will never run", True),
    ("ependency condition", "waits for an earlier job", False),
    ("Requeue", "was requeued, starts again in a while", False),
    ("queue is inactivated by the administrator", "its queue is stopped", False),
    ("queue is inactivated by its time windows", "its queue is closed at this time of day", False),
    ("User has reached", "as many of your jobs run as you may have", False),
    ("slot limit", "as many jobs run as may", False),
    ("Not enough", "waits for free nodes", False),
    ("Job requirements for reserving resource", "waits for free nodes", False),
    ("Job slot", "waits for free nodes", False),
    ("Job's requirements", "waits for free nodes", False),
    ("Load information", "waits for free nodes", False),
    ("There are no suitable hosts", "no node is as it asks: it may never run", True),
    ("suspended", "is held; bresume lets it go", True),
)

IS_OVER = r"has already finished|is not found"  # what bkill says of a job that is over

# bsub's refusals: (pattern of its message, the word of ./rt submit that is at fault or "", what to do).
REFUSALS = (
    ("No such queue", "partition", "Name a queue this cluster has; ./rt doctor lists them."),
    ("Queue (has been|is) closed", "partition", "That queue takes no jobs now; ./rt doctor lists the others."),
    ("User cannot use the queue", "partition", "You may not use that queue; name another."),
    ("RUNLIMIT: Cannot exceed", "walltime", "Ask for less time, or name a queue that gives more."),
    ("MEMLIMIT: Cannot exceed", "memory", "Ask for less memory, or name a queue that gives more."),
    ("Cannot exceed queue's", "", "Ask for less, or name a queue that gives more."),
    ("Too many processors|processors? requested", "cpus", "No node is that large; ./rt doctor lists the queues."),
    ("index too large", "", "Scan again: no list is longer than this cluster takes."),
    ("[Aa]rray index|index list", "", "Scan again: nothing is listed."),
    ("project", "account", "Name a project of yours; your administrators know its name."),
    ("[Pp]ending job|PEND_JOBS|job slots", "", "Your limit of jobs is reached; wait, then scan again."),
    ("No matching job found", "", "What it should wait for has left LSF's memory: submit without waiting for it."),
    ("Illegal .*limit|[Bb]ad run ?limit", "walltime", "Write the time as hours:minutes, 30:00."),
    ("GPU requirement|-gpu", "gpus", "This cluster has no such GPU, or calls it by another name: bhosts -gpu"),
    ("resource requirement|Error near|Error in", "", "LSF cannot read a -R line; put each rusage[...] in it once."),
    ("Bad resource name|No resource defined", "", "This cluster has no such resource; lsinfo lists those it has."),
    ("aborted by esub", "", "Your cluster asks for more than LSF does, as a project: see its own guide."),
    ("Illegal option|Unknown option|No command is specified", "", "bsub does not know that option or value."),
    ("Root user|permission denied|Bad user ID", "", "LSF runs no jobs of this user, as of root."),
    (
        "LSF is down|LIM is down|connect to LSF|not respond|timeout",
        "",
        "LSF does not answer; try again in some minutes.",
    ),
)

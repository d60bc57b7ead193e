"""Slurm's words: options, reasons for waiting, refusals. Data only."""

from __future__ import annotations

EXTENSION = "slurm"

# The words of ./rt submit -> sbatch's options.
OPTIONS = {
    "partition": "--partition",
    "account": "--account",
    "qos": "--qos",
    "cpus": "--cpus-per-task",
    "memory": "--mem",
    "mem_per_cpu": "--mem-per-cpu",
    "walltime": "--time",
    "gpus": "--gres=gpu:",
    "exclude": "--exclude",
    "email": "--mail-type=BEGIN,END,FAIL --mail-user",
}
SHORT = {
    "-p": "--partition",
    "-A": "--account",
    "-q": "--qos",
    "-c": "--cpus-per-task",
    "-t": "--time",
    "-x": "--exclude",
}

# Why a job is pending (squeue(1), JOB REASON CODES) -> the reason in words, True: the job will never run as it is.
REASONS = {
    "Priority": ("other jobs come first", False),
    "Resources": ("waits for free nodes", False),
    "JobArrayTaskLimit": ("as many run at once as were asked for", False),
    "Dependency": ("waits for an earlier job", False),
    "BeginTime": ("was requeued, starts again in a while", False),
    "None": ("just submitted", False),
    "QOSMaxJobsPerUserLimit": ("as many of your jobs run as you may have", False),
    "AssocGrpCpuLimit": ("your account uses all the CPUs it may have", False),
    "JobHeldUser": ("is held; scontrol release lets it go", True),
    "JobHeldAdmin": ("is held by an administrator", True),
    "launch failed requeued held": ("could not be started and is held", True),
    "PartitionTimeLimit": ("asks for more time than the partition gives: it will never run", True),
    "PartitionNodeLimit": ("asks for more nodes than the partition has: it will never run", True),
    "PartitionConfig": ("asks for more than the partition has: it will never run", True),
    "BadConstraints": ("no node is as it asks: it will never run", True),
    "AssocMaxWallDurationPerJobLimit": ("asks for more time than your account may have: it will never run", True),
    "QOSMaxWallDurationPerJobLimit": ("asks for more time than its QOS gives: it will never run", True),
    "DependencyNeverSatisfied": ("the job it waits for failed: it will never run", True),
    "ReqNodeNotAvail": ("the nodes it needs are down or reserved", False),
    "PartitionDown": ("the partition is down", False),
}

IS_OVER = r"already completing or completed|Invalid job id specified"  # what scancel says of a job that is over

# sbatch's refusals: (pattern of its message, the word of OPTIONS that is at fault or "", what to do).
REFUSALS = (
    ("invalid partition|Invalid partition", "partition", "Name a partition this cluster has; ./rt doctor lists them."),
    ("Invalid --time", "walltime", "Write the time as 4:00:00 or 2-00:00:00."),
    ("Invalid qos", "qos", "Name a QOS you may use: sacctmgr show assoc user=$USER format=qos"),
    ("Invalid account", "account", "Name an account of yours: sacctmgr show assoc user=$USER format=account"),
    ("Invalid job array", "", "Scan again: nothing is listed, or more than this cluster takes in one array."),
    ("script is empty|only whitespace", "", "Move the script away; the next scan makes a new one."),
    ("DOS line breaks", "", "Take the carriage returns out: sed -i 's/\\r$//' on the script."),
    ("does not look like a batch script", "", "Its first line must be #!/usr/bin/env bash."),
    ("Invalid directive", "", "A dash there is not a plain one: type it again as -- in that line."),
    ("Memory specification", "memory", "No node is that large; ./rt doctor lists them."),
    ("node configuration is not available", "", "No node has all of that at once; ./rt doctor lists them."),
    ("Invalid node name", "exclude", "Name nodes as sinfo -N does."),
    ("Invalid generic resource", "gpus", "No such GPU here; sinfo -o '%P %G' lists them."),
    ("Invalid feature", "", "No node has that feature; sinfo -o '%P %f' lists them."),
    ("Unable to contact", "", "Slurm does not answer; try again in some minutes, then ask your administrators."),
    (
        "temporarily unable to accept|temporarily unavailable",
        "",
        "Slurm's list of jobs is full; try again in some minutes.",
    ),
    (
        "AssocMaxSubmitJobLimit|QOSMaxSubmitJob|job submit limit",
        "",
        "Your limit of jobs is reached; wait, then scan again.",
    ),
    ("unrecognized option|invalid option", "", "sbatch does not know that option."),
)

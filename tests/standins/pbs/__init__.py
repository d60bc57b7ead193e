"""A stand-in for OpenPBS, for which no Debian package exists: what the tests submit to where no real one is.

``bash pbs.sh up FOLDER`` brings a server up, ``eval "$(bash pbs.sh env FOLDER)"`` gives a shell its
qsub, qstat, qdel, qalter, qselect, qrerun, qhold, qrls, qsig and qmgr. It answers as OpenPBS 23.06.06 was measured to,
where that lies as well; test_transcripts.py plays the transcripts of the real one. settings.py names the faults that a
test may switch on (a server that is down or slow, a bad node, history off, -J 1-9%3 refused, $enforce mem ...).

What differs on purpose, tests being run as root in containers:

- Jobs of root are taken; the real server refuses them. The setting root_refused refuses them here.
- Who a client is, PBS_STANDIN_USER may say; managers are those that the settings name, root is none of them.
- All nodes are this machine, all jobs run as who brought the server up, in the submitter's $HOME.
- TMPDIR, the spool and the undelivered files lie in the stand-in's folder. The mail is its file ``mail``.
- qsub -I, -a, -f, -S of another host's shells, staging, reservations, hooks, qdel of a range 1[2-5]: not here.

From the manual or the source of OpenPBS, not measured:

| what | as here |
|---|---|
| kill_delay | 10 s between SIGTERM and SIGKILL |
| dying, epilogue | that a subjob shows R once its processes are gone: measured, not for how long |
| qdel, qrerun, qsig of what is in its epilogue | exit code 168 (the text is measured for an array) |
| a subjob never started | its array's attributes, paths and Exit_status, without array_id and array_index |
| too many failed starts of one subjob | the array H, "Job Array Held, too many failed attempts to run subjob ID" |
| which node a failed start is tried on again | the first with room: it may be the same |
| qdel of a subjob in state X | exit code 55, "Request invalid for finished array subjob" |
| an illegal value in a directive | "qsub: illegal -J value", then "qsub: directive error: ...", exit code 1 |
| -v with a name that is not set | exit code 3 (its text is measured) |
| -k o, e, oe without d | the file is kept in the home folder |
| -R o, e, oe | the file is removed where the job exits with 0 |
| a dependency on a job that the history has | met by its Exit_status |
| max_run, "Not Running: ..." | per-user limit of what runs; the comments of jobs that wait |
| max_queued of the server | "would exceed server generic's per-user limit", exit code 38 |
| numbers in JSON | every value that is JSON by itself, but Job_Name, project and Account_Name |
| qstat -B, -Q of a known queue, -a, -u, -n, -H, -w, -F dsv of several | their layout (-s and -tr are measured) |
| qselect -N, -q of a queue that is there, -H | what they select; -T leaves the arrays themselves out |
| qhold, qrls, qrerun, qsig, qalter, qmgr while the server is down | as qselect; their usage texts |
| qmgr set, unset, create, delete | who may, and the texts of refusals |
| a task that ignores SIGTERM | its login shell dies (271), the job lasts until SIGKILL |
| what qalter may change | -l, -W max_run_subjobs=, -N, -p, at any time |
"""

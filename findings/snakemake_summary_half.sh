#!/usr/bin/env bash
# A workflow was killed in the middle of a job, its output is half written: `snakemake --summary`, the table that tells for
# each file whether it is up to date, says "ok" and "no update" for it, with exit code 0, while `snakemake -n` of the same
# moment refuses to go on, since the same file is incomplete. `--detailed-summary` says the same "ok". Whoever asks the
# summary which results are good takes half a table for a whole one.
#   bash findings/snakemake_summary_half.sh        (needs Python 3.11 or newer, the network; a temporary folder)
# Seen with snakemake 9.27.1: table.csv holds its header alone; "table.csv ... ok  no update"; then IncompleteFilesException.
# Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check snakemake==9.27.1
snakemake=$place/venv/bin/snakemake
mkdir "$place/work"
cd "$place/work"
cat >Snakefile <<'SNAKEFILE'
rule track:
    output: "table.csv"
    shell: "echo frame,x >table.csv; touch begun; sleep 600; echo 0,1 >>table.csv"
SNAKEFILE

# As when a machine is lost: Snakemake and its job are gone at once. Its lock is taken away as its own message says.
setsid "$snakemake" --cores 1 >/dev/null 2>&1 &
leader=$!
until [[ -e begun ]]; do
  kill -0 "$leader"
  sleep 0.1
done
kill -KILL -- "-$leader"
wait "$leader" 2>/dev/null || true
"$snakemake" --unlock 2>/dev/null

fail() {
  echo "changed: $1" >&2
  exit 1
}
[[ $(<table.csv) == frame,x ]] || fail "the file is not half written: $(<table.csv)"
for option in --summary --detailed-summary; do
  said=$("$snakemake" "$option" 2>/dev/null) || fail "$option ends with $?"
  row=$(grep '^table.csv' <<<"$said")
  echo "$option: $row"
  [[ $row == *$'\tok\tno update'* ]] || fail "$option does not call it ok"
done
if refused=$("$snakemake" -n 2>&1); then fail "snakemake -n goes on"; fi
grep -A1 '^Incomplete files:' <<<"$refused"
grep -q '^IncompleteFilesException' <<<"$refused" || fail "snakemake -n does not call it incomplete"

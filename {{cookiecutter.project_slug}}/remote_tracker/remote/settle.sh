#!/bin/sh
# Make or update a project from what home sent to .from-home/ in it:   sh settle.sh PYTHON
# OURS is swapped by ./rt update; YOURS is put there once, and shown as a diff where it differs later.
set -eu
python=$1
take() { # <from> <to>: copy a folder or file beside its place, then rename it into place
  mkdir -p -- "$(dirname -- "$2")"
  rm -rf -- "$2.coming"
  cp -Rp -- "$1" "$2.coming"
  mv -- "$2.coming" "$2"
}
mkdir -p workspace summarizer RawVideos MaskedVideos Results
[ -e .remote-tracker.yml ] || printf 'python: "%s"\n' "$python" >.remote-tracker.yml
is_new=
if [ ! -d remote_tracker ] && [ ! -d .update ]; then
  is_new=yes
  for part in workspace/get_files2process.sh workspace/run_task.sh summarizer/get_cmd2process.sh rt remote_tracker; do
    [ -e "$part" ] || take ".from-home/ours/$part" "$part"
  done
fi
[ -e summarizer/run_task.sh ] || ln -s ../workspace/run_task.sh summarizer/run_task.sh
if [ -n "$is_new" ]; then
  ./rt update --from .from-home/ours </dev/null >/dev/null # it changes nothing, and notes the version
  printf 'made there: a project of remote-tracker %s\n' "$(sed -n 's/^__version__ = "\(.*\)"/\1/p' remote_tracker/__init__.py)"
else
  ./rt update --from .from-home/ours </dev/null
fi
for folder in workspace summarizer; do
  [ -e "$folder/rt" ] || ln -s ../rt "$folder/rt"
done
(cd .from-home/yours && find . -type f ! -path ./project.yml | LC_ALL=C sort; printf './project.yml\n') | while IFS= read -r name; do
  if [ ! -e "$name" ]; then
    take ".from-home/yours/$name" "$name"
    printf 'put there: %s\n' "$name"
  elif ! cmp -s -- ".from-home/yours/$name" "$name" && [ "$name" != ./workspace/activate.sh ]; then
    printf 'differs, and stays as it is there: %s\n' "$name"
    diff -u -- "$name" ".from-home/yours/$name" | sed 1,2d || true
  fi
done
rm -rf -- .from-home
./rt scripts </dev/null

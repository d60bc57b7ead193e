"""The verb that prints what switches Tab on: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

import os

import click

LINES = {
    "bash": (
        "_rt() { mapfile -t COMPREPLY < <(IFS=$'\\n'; COMP_WORDS=\"${COMP_WORDS[*]}\" COMP_CWORD=$COMP_CWORD"
        ' _RT_COMPLETE=bash "${1/#\\~/$HOME}" 2>/dev/null); [[ ${COMPREPLY-} != */ ]] || compopt -o nospace; };'
        " complete -o default -F _rt rt"
    ),
    "zsh": (
        '_rt() { local -a found; found=("${(@f)$(COMP_WORDS="${(F)words}" COMP_CWORD=$((CURRENT - 1))'
        ' _RT_COMPLETE=zsh "${~words[1]}" 2>/dev/null)}"); found=(${found:#}); (($#found)) || { _files; return; };'
        ' compadd -S "" -- ${(M)found:#*/}; compadd -- ${found:#*/}; }; compdef _rt rt'
    ),
}
FILES = {"bash": "~/.bashrc", "zsh": "~/.zshrc"}


@click.command()
@click.argument("shell", required=False, type=click.Choice(tuple(LINES)), metavar="[bash|zsh]")
def completion(shell: str | None) -> None:
    """Print the line that switches Tab on. Tab completes verbs, options, days and names."""
    own = os.path.basename(os.environ.get("SHELL", ""))
    shell = shell or (own if own in LINES else "bash")
    click.echo(f'# Now:  eval "$(./rt completion {shell})"    For good:  ./rt completion {shell} >> {FILES[shell]}')
    click.echo(LINES[shell])

"""qsub's options: their spelling and the values that it refuses by itself, before any server is asked."""

from __future__ import annotations

import getopt
import re
from typing import Any

from pbs.names import Range, read_range
from pbs.resources import Asked, ResourceError, read_list

SPELLING = "a:A:c:C:e:fhIj:J:k:l:m:M:N:o:p:P:q:r:R:S:u:v:VW:Xz"
NAME = re.compile(r"[A-Za-z0-9._+-]+")
LONGEST_NAME = 230
LEGAL = {
    "j": r"oe|eo|n",
    "k": r"n|[oed]+",
    "m": r"n|[jabe]+",
    "M": r".+",
    "r": r"[yn]",
    "R": r"[oe]{1,2}",
    "p": r"[+-]?\d+",
}
BEFORE = ("after", "afterok", "afternotok", "afterany", "before", "beforeok", "beforenotok", "beforeany")
DEPEND = re.compile(rf"({'|'.join(BEFORE)}):(\d+(\[\])?(\.[\w.-]+)?(@[\w.-]+)?)(:\d+(\[\])?(\.[\w.-]+)?(@[\w.-]+)?)*")
OTHERS = ("depend", "block", "umask", "max_run_subjobs", "sandbox", "stagein", "stageout", "group_list", "pwd")


class OptionsError(Exception):
    """A refusal by the client: what it prints before its usage, and its exit code."""

    def __init__(self, text: str, code: int = 2, usage: bool = True) -> None:
        super().__init__(text)
        self.text, self.code, self.usage = text, code, usage


class UnsetError(Exception):
    """-v names a variable that is not set."""


class Options:
    """What one command line, or one directive, says; None where it says nothing."""

    def __init__(self) -> None:
        self.given: dict[str, str] = {}
        self.resources: Asked = []
        self.others: dict[str, str] = {}
        self.variables: list[tuple[str, str | None]] = []
        self.array: tuple[Range, int | None] | None = None
        self.max_run: str | None = None

    def start(self) -> Options:
        """Return what a directive is read into: it may say no max_run_subjobs where that was said, nor a -J then."""
        found = Options()
        found.max_run, found.above = self.max_run, self
        return found

    above: Options | None = None

    def throttle(self, value: str) -> None:
        """Take in how many subjobs may run at once, which may be said once in the command and its directives."""
        if self.max_run is not None:
            raise OptionsError("qsub: multiple max_run_subjobs values found")
        self.max_run = value

    def under(self, directives: Options) -> None:
        """Add what the directives say where the command line is silent."""
        mine = dict(self.resources)
        self.resources = [pair for pair in directives.resources if pair[0] not in mine] + self.resources
        self.array = self.array or directives.array
        self.given = {**directives.given, **self.given}
        self.others = {**directives.others, **self.others}
        self.max_run = directives.max_run
        self.variables = [*directives.variables, *self.variables]

    def check(self, script: str) -> None:
        """Hold what only the whole can tell; the script's name is the job's where -N is not given."""
        self.name = self.given.get("N", script)
        if not NAME.fullmatch(self.name):
            raise OptionsError("qsub: illegal -N value")
        if self.array and self.given.get("r") == "n":
            raise OptionsError("qsub:  cannot submit non-rerunable Array Job")
        if self.array and "I" in self.given:
            raise OptionsError("qsub: interactive and array job submission cannot be used together")
        if self.others.keys() - set(OTHERS):
            raise OptionsError("qsub: Error (15002) submitting job", 154, usage=False)

    @property
    def prefix(self) -> str:
        """What begins a directive."""
        return self.given.get("C", "#PBS")

    @property
    def output(self) -> str | None:
        """The path of -o."""
        return self.given.get("o")

    @property
    def error(self) -> str | None:
        """The path of -e."""
        return self.given.get("e")

    @property
    def hold(self) -> bool:
        """Whether -h was given."""
        return "h" in self.given

    @property
    def silent(self) -> bool:
        """Whether -z was given."""
        return "z" in self.given

    @property
    def all_variables(self) -> bool:
        """Whether -V was given."""
        return "V" in self.given

    @property
    def block(self) -> bool:
        """Whether qsub waits for the job's end."""
        return self.others.get("block", "").lower() == "true"

    def kept(self) -> dict[str, Any]:
        """Return the attributes that the server keeps as they are."""
        given = self.given
        return {
            "queue": given.get("q"),
            "join": given.get("j", "n"),
            "keep": given.get("k", "n"),
            "remove": given.get("R", ""),
            "umask": self.others.get("umask"),
            "shell": given.get("S"),
            "rerunable": given.get("r", "y") == "y",
            "resources": self.resources,
            "depend": self.others.get("depend", ""),
            "mail_points": given.get("m", "a"),
            "mail_users": given.get("M"),
            "account": given.get("A"),
            "project": given.get("P"),
            "priority": int(given.get("p", 0)),
        }


def read_variables(text: str) -> list[tuple[str, str | None]]:
    """Return the pairs of -v: A=1,B='x y',C (from the environment); quotes keep commas."""
    parts, quote = [""], ""
    for char in text:
        if char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
        elif char == "," and not quote:
            parts.append("")
        else:
            parts[-1] += char
    pairs = [part.partition("=") for part in parts if part]
    return [(name.strip(), value if equals else None) for name, equals, value in pairs]


def read_others(text: str) -> dict[str, str]:
    """Return the attributes of one -W; a part without = belongs to the one before it."""
    found: dict[str, str] = {}
    name = ""
    for part in text.split(","):
        left, equals, right = part.partition("=")
        if equals:
            name, found[left.strip()] = left.strip(), right
        elif name:
            found[name] += f",{part}"
    if not all(DEPEND.fullmatch(part) for part in found.get("depend", "").split(",") if part):
        raise OptionsError("qsub: illegal -W value")
    return found


def read_option(options: Options, letter: str, value: str, percent: bool) -> None:
    """Take one option in. OptionsError for a value that qsub refuses."""
    if letter == "J" and options.above and options.above.array:
        return
    if letter == "J":
        options.array = read_range(value, percent)
        if options.array and options.array[1]:
            options.throttle(str(options.array[1]))
    elif letter == "l":
        try:
            options.resources += read_list(value)
        except ResourceError as error:
            raise OptionsError(f"qsub: {error.text}", error.code, usage=False) from None
    elif letter == "W":
        others = read_others(value)
        if "max_run_subjobs" in others:
            options.throttle(others["max_run_subjobs"])
        options.others.update(others)
    elif letter == "v":
        options.variables += read_variables(value)
    if letter == "N" and len(value) > LONGEST_NAME and NAME.fullmatch(value):
        raise OptionsError("qsub: Job name is too long ", usage=False)
    wrong = not NAME.fullmatch(value) if letter == "N" else letter in LEGAL and not re.fullmatch(LEGAL[letter], value)
    if wrong or (letter == "J" and not options.array) or (letter == "p" and abs(int(value)) > 1024):
        raise OptionsError(f"qsub: illegal -{letter} value")
    options.given[letter] = value


def read_options(options: Options, words: list[str], percent: bool) -> tuple[list[str], bool]:
    """Take a command line in; returns its operands and whether they are a command (after --)."""
    try:
        found, operands = getopt.getopt(words, SPELLING)
    except getopt.GetoptError as error:
        text = "option requires an argument" if "requires" in error.msg else "invalid option"
        raise OptionsError(f"qsub: {text} -- '{error.opt}'") from None
    for option, value in found:
        read_option(options, option[1:], value, percent)
    left = len(words) - len(operands)
    return operands, bool(operands) and left > 0 and words[left - 1] == "--"

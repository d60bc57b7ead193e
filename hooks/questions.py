"""What an answer must be, for all hooks; and cookiecutter's questions, asked again at once where an answer cannot be.

Cookiecutter itself takes every text, and asks every question. pre_prompt.py names AskAgain among the template's Jinja
extensions, which cookiecutter (2.4 to 2.7) starts in its own process before it asks; there both functions that ask are
wrapped. Where a later cookiecutter has no such functions it asks as it always did, and pre_gen_project.py refuses.
"""

import json
import os
import re
import sys
import unicodedata

from jinja2.ext import Extension

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
EMAIL = re.compile(r"[A-Za-z0-9_+][A-Za-z0-9_+%.-]*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
LONGEST = {"project_name": 64, "project_slug": 100}
WITH_VALUE = {"-c", "--checkout", "--directory", "-o", "--output-dir", "--config-file", "--debug-file"}
WITH_VALUE |= {"--accept-hooks", "--replay-file"}


def show(text):
    """Return an answer as it may stand in one line: quoted, cut at 40 letters, nothing that moves a cursor."""
    return json.dumps(text if len(text) <= 40 else text[:37] + "...", ensure_ascii=not text.isprintable())


def find_problem(key, answer):
    """Return the line about an answer that cannot be, or nothing."""
    if key == "email":
        return find_bad_email(answer)
    return find_bad_name(key, answer) if key in LONGEST else ""


def find_bad_name(key, name):
    """Return the line about a name that cannot be a folder and a job name, or nothing."""
    if len(name) > LONGEST[key]:
        return f"{key} {show(name)} has {len(name)} letters; at most {LONGEST[key]} fit. Choose a shorter one."
    if NAME.fullmatch(name):
        return ""
    rule = "use letters (a-z), digits, . _ -, a letter or digit first."
    return f"{key} {show(name)} cannot name a folder and a job: {rule}"


def find_bad_email(email):
    """Return the line about an e-mail address that is none, or nothing; an empty one is fine."""
    if not email or (len(email) <= 254 and ".." not in email and ".@" not in email and EMAIL.fullmatch(email)):
        return ""
    return f"email {show(email)} is no e-mail address: write name@lab.org, or leave it empty."


def suggest(key, answer):
    """Return the name nearest to a bad one that can be, with _ for what cannot stand there, or nothing."""
    if key not in LONGEST:
        return ""
    plain = unicodedata.normalize("NFKD", answer).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", plain.strip()).strip("_").lstrip(".-_")[: LONGEST[key]]
    return "" if find_bad_name(key, name) else name


def find_typed(process):
    """Return the answers (key, value) that were typed behind cookiecutter, whose process this is; none if it is not."""
    try:
        with open(f"/proc/{process}/cmdline", "rb") as file:
            words = file.read().decode("utf-8", "replace").rstrip("\0").split("\0")
    except OSError:
        return []
    if words[1:3] == ["-m", "cookiecutter"]:
        return read_typed(words[3:])
    own = [n for n, word in enumerate(words[:2]) if os.path.basename(word) == "cookiecutter"]
    return read_typed(words[own[0] + 1 :]) if own else []


def read_typed(words):
    """Return the answers among the words of a command line: what stands behind the template and holds a =."""
    places = []
    for before, word in zip(["", *words], words, strict=False):
        if not word.startswith("-") and before not in WITH_VALUE:
            places.append(word)
    return [tuple(word.split("=", 1)) for word in places[1:] if "=" in word]


def find_wrong_choice(typed, questions):
    """Return the line about an answer typed for no question, or that is none of a question's choices, or nothing."""
    asked = [key for key in questions if not key.startswith("_")]
    for key, value in typed:
        if key not in questions:
            return f"{key}: there is no such question; there are: {', '.join(asked)}."
        if isinstance(questions[key], list) and value not in questions[key]:
            return f"{key} {show(value)} is no choice; choose one of: {', '.join(questions[key])}."
    return ""


def find_taken(key, answer):
    """Return the line about a folder that exists already, or nothing; with -f it is meant."""
    from click import get_current_context

    context = get_current_context(silent=True)
    options = context.params if context else {}
    if key != "project_slug" or options.get("overwrite_if_exists"):
        return ""
    if not os.path.lexists(os.path.join(options.get("output_dir") or ".", answer)):
        return ""
    return f"{answer} exists already: choose another name (or start again as cookiecutter -f -s, to add what it lacks)."


class Questions:
    """The two functions of cookiecutter that ask, as they were; each question is asked until its answer can be."""

    def __init__(self, ask_text, ask_choice):
        self.ask_text, self.ask_choice, self.cluster = ask_text, ask_choice, ""

    def read_user_choice(self, key, *more, **named):
        """Ask for one of several, and note the cluster."""
        answer = self.ask_choice(key, *more, **named)
        if key == "cluster":
            self.cluster = answer
        return answer

    def read_user_variable(self, key, default, *more, **named):
        """Ask for a text; on a terminal again at once, with the reason and a better default, until it can be."""
        if key == "email" and self.cluster == "local":
            return default  # no scheduler, which alone would send a message
        while True:
            answer = self.ask_text(key, default, *more, **named)
            problem = find_problem(key, answer)
            better = suggest(key, answer) if problem else answer + "_2"
            problem = problem or find_taken(key, answer)
            if not problem or not sys.stdin.isatty():  # pre_gen_project.py refuses it
                return answer
            print(f"  {problem}", flush=True)
            default = better or default


class AskAgain(Extension):
    """A Jinja extension that adds nothing to Jinja: its start lets cookiecutter ask again."""

    def __init__(self, environment):
        super().__init__(environment)
        from cookiecutter import prompt

        here = getattr(prompt.__dict__.get("read_user_variable"), "__self__", None)
        if not isinstance(here, Questions) and {"read_user_variable", "read_user_choice"} <= prompt.__dict__.keys():
            asked = Questions(prompt.read_user_variable, prompt.read_user_choice)
            prompt.read_user_variable, prompt.read_user_choice = asked.read_user_variable, asked.read_user_choice

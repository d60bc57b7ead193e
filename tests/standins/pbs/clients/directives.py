"""The directives of a job script: the #PBS lines before its first command."""

from __future__ import annotations


def read_directives(script: str, prefix: str) -> list[str]:
    """Return what follows the prefix, line by line, up to the first line that is neither blank nor a comment."""
    found = []
    if not prefix:
        return []
    for line in script.split("\n"):
        text = line.strip(" \t\r")
        if text.startswith(prefix):
            found.append(text[len(prefix) :])
        elif text and not text.startswith(("#", ":")):
            break
    return found


def split_words(line: str) -> list[str]:
    """Split as qsub splits a directive: at blanks, quotes of both kinds keep words together."""
    words: list[str] = []
    word, quote, begun = "", "", False
    for char in line:
        if char == quote:
            quote = ""
        elif quote or (char not in " \t\"'"):
            word, begun = word + char, True
        elif char in "\"'":
            quote, begun = char, True
        elif begun:
            words.append(word)
            word, begun = "", False
    return [*words, word] if begun else words

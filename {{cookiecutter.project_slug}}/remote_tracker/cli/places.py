"""Where verbs are written: a verb is imported only when it is typed or its help is listed."""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from typing import Any

import click


class Places(UserDict[str, Any]):
    """The verbs by name, each with its place: a file of this folder and a function in the file.

    Listing names imports nothing, looking a verb up imports it from its place.
    """

    def __getitem__(self, name: str) -> click.Command:
        module, _, function = super().__getitem__(name).partition(":")
        verb: click.Command = getattr(import_module(f".{module}", __package__), function)
        return verb

"""Render units as command lines and task lines for bash, and a cluster as its job script. Pure."""

from .command import Command, compile_command
from .profile import render_profile
from .script import BLOCK_END, BLOCK_START, ScriptError, fill_in, render_script
from .task import compile_check, compile_stage, render_needs, render_questions, render_settings, render_version

__all__ = [
    "BLOCK_END",
    "BLOCK_START",
    "Command",
    "ScriptError",
    "compile_check",
    "compile_command",
    "compile_stage",
    "fill_in",
    "render_needs",
    "render_profile",
    "render_questions",
    "render_script",
    "render_settings",
    "render_version",
]

"""Run a program on the other side that is told what to do later: it starts while this side still finds that out."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TypeVar

from .. import shell
from ..errors import RemoteTrackerError
from .answer_lines import AnswerLines
from .channel import Channel, FarRun, code_of, make_word
from .far_command import run_in_folder, wrap

BEGIN_S = 60.0  # a login node on which a hundred people work; a network that is gone
T = TypeVar("T", bound="FarTalk")
ANSWER_S = 3600.0  # a first look at many results on a slow disk


class FarTalk:
    """A program on the other side with its stdin; used as a context, at whose end it has ended or is cut off."""

    def __init__(self, channel: Channel, folder: str, argv: Sequence[str]) -> None:
        word = make_word()
        self._channel, self._folder, self._lines = channel, folder, AnswerLines(word)
        self._out, self._err, self._rest = b"", b"", b""
        try:
            self._process = shell.open_talk([*channel.ssh, channel.host, wrap(run_in_folder(word, folder, argv))])
        except OSError as error:
            raise RemoteTrackerError(f"ssh cannot be started here: {error.strerror}. Nothing was done.") from None
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._stdin, self._stdout, stderr = (pipe.fileno() for pipe in pipes if pipe)
        self._open = [self._stdout, stderr]

    def put(self, text: str) -> None:
        """Write the program's whole stdin; raises RemoteTrackerError where the other side does not begin."""
        self._pump(lambda: self._lines.has_begun, BEGIN_S)
        self._rest = text.encode("utf-8", "surrogateescape")
        os.set_blocking(self._stdin, False)
        self._pump(lambda: not self._rest, ANSWER_S)
        self._process.stdin.close()  # type: ignore[union-attr]  # it is a pipe

    def take(self) -> FarRun:
        """Return the program's end and its output; raises RemoteTrackerError as ask_far does."""
        self._pump(lambda: False, ANSWER_S)
        self._process.wait()
        err = self._err.decode("utf-8", "replace")
        code = code_of(self._channel, self._folder, self._lines, err)
        return FarRun(code, self._out.decode("utf-8", "replace") or err, self._lines.told, self._lines.is_chatty)

    def __enter__(self: T) -> T:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            pipe.close()  # type: ignore[union-attr]  # all are pipes

    def _pump(self, is_done: Callable[[], bool], seconds: float) -> None:
        """Read and write until it is done, or the output ends; raises RemoteTrackerError after ``seconds``."""
        end = time.monotonic() + seconds
        while not is_done() and self._open:
            left = max(0.0, end - time.monotonic())
            ready, free, _ = select.select(self._open, [self._stdin] if self._rest else [], [], left)
            if not ready and not free:
                told = f"{self._channel.host} gave no answer in {seconds:g} s. Try again, or: ./rt remote login"
                raise RemoteTrackerError(told)
            for handle in ready:
                self._read(handle)
            if free:
                self._write()

    def _read(self, handle: int) -> None:
        piece = os.read(handle, 1 << 18)
        if not piece:
            self._open.remove(handle)
        elif handle == self._stdout:
            self._out += self._lines.take(piece)
        else:
            self._err += piece

    def _write(self) -> None:
        try:
            self._rest = self._rest[os.write(self._stdin, self._rest) :]
        except BrokenPipeError:  # the program ended without it: its end says why
            self._rest = b""

"""What a source may cost: it is parsed in a process of its own, with so much time and memory (see `limits`).

Of a hundred kinds of markup, and five libraries that read them, nobody knows the worst. Whatever a source does, its
process ends; ours says so in a sentence. It knows none of our secrets, and is kept for the next source. See
docs/decisions/intake-limits.md.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import IO, Any, Final

from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake import draft_json
from distributor.letters.intake.letter_fields import LetterFields
from distributor.letters.intake.limits import CPU_SECONDS, REQUEST_FIELDS, RESULT_LIMIT, SIZE_BYTES
from distributor.letters.intake.parser import label_of
from distributor.letters.intake.picture_folders import PictureFolder
from distributor.letters.intake.pictures import with_own_pictures
from distributor.letters.intake.refusals import NoLetter

AT_ONCE: Final = 2  # of one process of ours: each may use as much memory as is allowed
KEEP_SECONDS: Final = 60.0  # without work
WAIT_SECONDS: Final = 30.0  # by the clock, on a machine that is busy with something else
_ROOT: Final = Path(__file__).parents[3]
_PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONDONTWRITEBYTECODE")


def parse_apart(
    content: bytes,
    *,
    name: str,
    url: str = "",
    content_type: str = "",
    path: str = "",
    folder: PictureFolder | None = None,
    fields: LetterFields | None = None,
    as_written: bool = False,
) -> list[Draft]:
    """Return the letters in some bytes as `parser.parse` does, within its limits of time and memory.

    Pictures that come with them, in the text or in the `folder` of the letter's file, are the drafts' media; those that
    are not there are in `left_out`. Raises SourceError, also for what needs more time or memory.
    """
    request = dict(zip(REQUEST_FIELDS, (name, url, content_type, path, fields, as_written), strict=True))
    reply = _reply(request, content, advice="give the page of one letter, or its text")
    return [with_own_pictures(draft_json.read(entry), folder) for entry in reply["drafts"]]


def markdown_apart(text: str, *, name: str) -> str:
    """Return Markdown as `markdown_html.render` does, within the same limits; `name` is what sentences call it.

    Nothing of it is made safe yet. Raises SourceError, also for what needs more time or memory.
    """
    reply = _reply({"markdown": name}, text.encode("utf-8", "replace"), advice="say less, or say it more simply")
    return str(reply["html"])


def _reply(request: dict[str, Any], content: bytes, *, advice: str) -> dict[str, Any]:
    """Return what a process answers. Raises SourceError for what it refuses, and what it ended at."""
    with PROCESSES.turn:
        process = PROCESSES.take()
        answer = process.ask(json.dumps(request).encode(), content)
        if answer is None:
            process.end()
            label = request.get("markdown") or label_of(request["name"])
            raise SourceError(
                f"{label} takes more than {CPU_SECONDS:.0f} seconds or too much memory to read: {advice}."
            )
        PROCESSES.give_back(process)
    reply: dict[str, Any] = json.loads(answer)
    if "error" in reply:
        raise (NoLetter if reply["no_letter"] else SourceError)(reply["error"])
    return reply


class _ParserProcess:
    """One process that parses one source after the other."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        paths = [str(_ROOT), *(path for path in sys.path if path)]
        self._process = subprocess.Popen(
            (sys.executable, "-P", "-m", "distributor.letters.intake"),
            env={**environment, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C is for us
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout
        self.idle_since = 0.0

    def ask(self, *parts: bytes) -> bytes | None:
        """Send a request and return the answer, None where the process ended or takes too long."""
        try:
            for part in parts:
                self._requests.write(len(part).to_bytes(SIZE_BYTES, "big") + part)
            self._requests.flush()
        except OSError:
            return None
        end = time.monotonic() + WAIT_SECONDS
        head = self._read(SIZE_BYTES, end)
        size = int.from_bytes(head, "big") if len(head) == SIZE_BYTES else RESULT_LIMIT + 1
        answer = self._read(size, end) if size <= RESULT_LIMIT else b""
        return answer if size and len(answer) == size else None

    def _read(self, size: int, end: float) -> bytes:
        """Read so many bytes, or fewer where the process ends before or the time is over."""
        content = bytearray()
        descriptor = self._answers.fileno()
        with DefaultSelector() as selector:
            selector.register(descriptor, EVENT_READ)
            while len(content) < size and selector.select(max(end - time.monotonic(), 0)):
                chunk = os.read(descriptor, min(size - len(content), 1 << 20))
                if not chunk:
                    break
                content += chunk
        return bytes(content)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._requests, self._answers):
            with suppress(OSError):
                stream.close()


class ParserProcesses:
    """The processes that wait for work. After a fork a child lets go of them: they are its parent's."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._idle: list[_ParserProcess] = []
        self.turn = threading.BoundedSemaphore(AT_ONCE)

    def take(self) -> _ParserProcess:
        """Return a process for one source: one that waits, else a new one."""
        with self._lock:
            process = self._idle.pop() if self._idle else None
        if process is not None and time.monotonic() - process.idle_since > KEEP_SECONDS / 2:
            process.end()  # it may be about to end by itself
            process = None
        return process or _ParserProcess()

    def give_back(self, process: _ParserProcess) -> None:
        process.idle_since = time.monotonic()
        with self._lock:
            self._idle.append(process)

    def close(self) -> None:
        """End all that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

    def forget(self) -> None:
        """Begin anew in a child."""
        self.__init__()  # type: ignore[misc]


PROCESSES = ParserProcesses()
atexit.register(PROCESSES.close)
os.register_at_fork(after_in_child=PROCESSES.forget)

"""`python -m distributor.letters.intake`: parse what comes on standard input, one source after the other.

It ends with its parent, when it has nothing to do, and at the first source that needs more than `limits` gives.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
from select import select
from typing import IO, Any

from distributor.domain.errors import SourceError
from distributor.letters.intake import draft_json, excess, markdown_html
from distributor.letters.intake.limits import CPU_SECONDS, MEMORY, SIZE_BYTES
from distributor.letters.intake.parser import label_of, parse
from distributor.letters.intake.parser_processes import KEEP_SECONDS
from distributor.letters.intake.refusals import NoLetter


def main() -> None:
    """Answer until nobody asks any more."""
    for name, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(name, (most, most))
    tempfile.tempdir = os.curdir  # nothing can be written, so none is to be looked for
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while select([requests], [], [], KEEP_SECONDS)[0]:
        request, content = _part(requests), _part(requests)
        if not request:
            return
        # The system ends a process at this signal, whatever library it is in.
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        answer = json.dumps(_answer(json.loads(request), content)).encode()
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(len(answer).to_bytes(SIZE_BYTES, "big") + answer)
        answers.flush()


def _part(requests: IO[bytes]) -> bytes:
    return requests.read(int.from_bytes(requests.read(SIZE_BYTES), "big"))


def _answer(request: dict[str, Any], content: bytes) -> dict[str, Any]:
    try:
        if "markdown" in request:
            text = content.decode()
            excess.check_markdown(text, name=request["markdown"])
            return {"html": markdown_html.render(text)}
        return {"drafts": [draft_json.write(draft) for draft in parse(content, **request)]}
    except RecursionError:
        label = request.get("markdown") or label_of(request["name"])
        return {"error": f"{label} is nested too deep to read: give its text.", "no_letter": False}
    except MemoryError:
        os._exit(1)  # without a word: this process's end says it
    except SourceError as error:
        return {"error": str(error), "no_letter": isinstance(error, NoLetter)}


if __name__ == "__main__":
    main()

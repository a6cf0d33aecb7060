"""Messages out of files: one a file, or an mbox with many."""

from __future__ import annotations

import mailbox
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from distributor.channels.mail.returns.message_parts import SIZE

_MBOX = b"From "


def messages(file: str, standard_input: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield (where it stands, message) of a file, or of standard input for “-”. Raises OSError.

    What begins with “From ” is an mbox: also the one message that a mail server pipes to a program.
    """
    if file != "-":
        yield from _of(Path(file), file)
        return
    with tempfile.NamedTemporaryFile() as copy:
        shutil.copyfileobj(standard_input, copy)
        copy.flush()
        yield from _of(Path(copy.name), "standard input")


def _of(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        if file.read(len(_MBOX)) != _MBOX:
            file.seek(0)
            yield name, file.read(2 * SIZE)
            return
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.iterkeys(), 1):
            yield f"{name}, message {number}", box.get_file(key).read(2 * SIZE)
    finally:
        box.close()

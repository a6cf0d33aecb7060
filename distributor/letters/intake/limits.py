"""What reading one source may cost, and how the process that does it is spoken to. See `parser_processes`."""

from __future__ import annotations

from typing import Final

CPU_SECONDS: Final = 4.0
MEMORY: Final = 1 << 30  # bytes of addresses, libraries included
RESULT_LIMIT: Final = 64 * 1024 * 1024  # bytes of an answer: drafts hold a letter twice, as HTML and as text

SIZE_BYTES: Final = 8  # of the length that stands before each part of a request and before an answer
REQUEST_FIELDS: Final = ("name", "url", "content_type", "path", "fields", "as_written")

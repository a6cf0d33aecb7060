"""What the command line's exit codes mean."""

from __future__ import annotations

SUCCESS = 0
NOT_DONE = 1  # what was asked for did not come about
UNUSABLE = 2  # what was given, or a service, can't be used: the sentence on stderr says what to put right
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits(3): mail servers keep what they piped to us, and pipe it again
INTERRUPT = 130  # Ctrl-C, as shells have it

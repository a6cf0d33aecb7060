"""Print the tables of docs/operators/providers.md."""

from __future__ import annotations

import sys

from distributor.channels.mail.providers.features import caveats, matrix

if __name__ == "__main__":
    sys.stdout.write(f"{matrix()}\n\n{caveats()}\n")

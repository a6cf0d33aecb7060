"""`python -m distributor.cli`: the same as `distributor`."""

from __future__ import annotations

from distributor.cli import main

main()

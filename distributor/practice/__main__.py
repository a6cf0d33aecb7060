"""`python -m distributor.practice`: run the practice world until it is told to stop."""

from __future__ import annotations

import argparse
import sys

from distributor.practice import world


def main() -> int:
    """Return 0 when it was stopped, 2 when it could not start (one sentence on standard error says why)."""
    parser = argparse.ArgumentParser(prog="python -m distributor.practice", description=__doc__)
    parser.add_argument("--http-port", type=int, default=0, help="for the networks and the pages; 0 takes a free one")
    parser.add_argument("--smtp-port", type=int, default=0, help="for mail; 0 takes a free one")
    payload = parser.parse_args()
    try:
        world.run(http_port=payload.http_port, smtp_port=payload.smtp_port)
    except world.AlreadyRunning:
        sys.stderr.write(f"A practice world is already running; {world.card()} says where.\n")
        return 2
    except (OSError, OverflowError) as error:
        sys.stderr.write(f"The practice world can't start: {error}. Choose other ports, or 0 for free ones.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

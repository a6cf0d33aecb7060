"""The site of the documentation: `scripts/docs` builds it, and fails on a link or an anchor that leads nowhere."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distributor import __version__  # noqa: E402 - the checkout's own

project = "Distributor"
project_copyright = "2026 The Distributor authors"
release = __version__
extensions = ["myst_parser", "sphinx_click"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"Distributor {release}"
html_copy_source = False
myst_heading_anchors = 3
nitpicky = True

# Pages are plain Markdown, readable in the repository too; what the site needs beside that is here.
PARTS = {
    "Start": ["start/quick-start", "start/first-letter"],
    "Guides for editors": [
        "editors/write",
        "editors/queue",
        "editors/review",
        "editors/markdown",
        "editors/pictures",
        "editors/approve",
        "editors/calendar",
        "editors/results",
        "editors/notices",
        "editors/accounts",
        "editors/templates",
        "editors/doors",
        "editors/feeds",
        "editors/people",
        "editors/segments",
        "editors/imports",
        "editors/digests",
        "editors/publication",
        "editors/account",
        "editors/team",
    ],
    "Guides for operators": [
        "operators/install",
        "operators/settings",
        "operators/sending-domain",
        "operators/relays",
        "operators/providers",
        "operators/returns",
        "operators/webhooks",
        "operators/transactional",
        "operators/language-models",
        "security",
        "operations",
        "operators/scale",
        "operators/growing",
    ],
    "Reference": [
        "channels",
        "reference/commands",
        "reference/api",
        "reference/api-changelog",
        "architecture",
        "reference/internals",
        "adding-a-channel",
        "decisions/README",
        "reference/changelog",
    ],
}
CHILDREN = {"channels": "channels/*", "decisions/README": "*"}


def toctree(pages: list[str], *options: str) -> str:
    return "\n".join(["", "```{toctree}", ":hidden:", *options, "", *pages, "```", ""])


def add_toctrees(_app: Sphinx, page: str, source: list[str]) -> None:
    """Append to a page what the navigation has below it."""
    if page == "index":
        source[0] += "".join(toctree(names, f":caption: {part}") for part, names in PARTS.items())
    elif page in CHILDREN:
        source[0] += toctree([CHILDREN[page]], ":glob:")


def setup(app: Sphinx) -> None:
    app.connect("source-read", add_toctrees)

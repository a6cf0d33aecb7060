"""docs/channels.md is what the code says, and every channel has its page."""

from __future__ import annotations

from pathlib import Path

from distributor.channels import registry
from distributor.channels.channel_table import markdown
from distributor.channels.twitter.prices import PRICE, PRICE_WITH_URL

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_table_is_up_to_date() -> None:
    written = (DOCS / "channels.md").read_text(encoding="utf-8")
    assert written == markdown(), "run scripts/channel-table"


def test_every_channel_has_a_page() -> None:
    there = {page.stem for page in (DOCS / "channels").glob("*.md")}
    missing = ", ".join(f"docs/channels/{name}.md" for name in registry.names() if name not in there)
    assert not missing, f"these pages are missing: {missing}"


def test_every_page_is_a_channels() -> None:
    pages = {page.stem for page in (DOCS / "channels").glob("*.md")}
    assert pages <= set(registry.names()), f"nobody’s pages: {sorted(pages - set(registry.names()))}"


def test_every_channel_is_in_every_table() -> None:
    for name in registry.names():
        assert markdown().count(f"](channels/{name}.md) |") == 4


def test_the_price_of_a_post_on_x_is_the_one_of_the_preview() -> None:
    assert registry.get("twitter").capabilities.cost == f"${PRICE:.3f} a post, ${PRICE_WITH_URL:.2f} with a link"

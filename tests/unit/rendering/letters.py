"""Letters to render."""

from __future__ import annotations

from datetime import UTC, datetime

from distributor.domain.letters import AuthorView, LetterView, PublicationView, SeriesView
from distributor.domain.recipients import Recipient

HARBOR = PublicationView(
    slug="harbor",
    name="Harbor Letters",
    site_url="https://letters.example.com/harbor",
    sender_name="Harbor Letters",
    sender_email="letters@harbor.example.com",
    time_zone="Asia/Seoul",
    language="en",
    postal_address="12 North Quay, Sokcho",
)
# What a post begins with: congratulations are passed over.
LEAD = "You take your seats in a year in which the breakwater was repaired twice."
PARAGRAPHS = (
    "Dear Commissioners,",
    f"Congratulations on your appointment. {LEAD}",
    "The first matter I would raise is the tide gauge. " * 8,
)
LETTER = LetterView(
    publication=HARBOR,
    slug="tide-tables",
    title="A harbor that listens to its tide tables",
    body_html="".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS),
    body_text="\n\n".join(PARAGRAPHS),
    url="https://letters.example.com/harbor/letters/tide-tables/",
    series=SeriesView("Letters to the Harbor Commission", 9),
    editor_note="This is the 9th letter of the series. ― ED.",
    authors=(AuthorView("Seo Haneul", "haneul@harbor.example.com", "Seo Haneul is a third-generation skipper."),),
    section="LETTER",
    language="en",
    published_at=datetime(2026, 3, 1, 20, 0, tzinfo=UTC),
    canonical_url="https://harbor.example.com/letters/tide-tables",
    image_url="https://harbor.example.com/quay.jpg",
    share_bar=("facebook", "twitter", "kakao", "mail", "link"),
)
# Whatever can be missing is missing.
BARE = LetterView(
    publication=PublicationView(slug="bare", name="Bare", site_url=""),
    slug="bare",
    title="Only a title",
    body_html="<p>And a text.</p>",
    body_text="And a text.",
)
KIM = Recipient(
    id=7,
    email="kim@example.com",
    name="Kim <b>",
    language="ko",
    attributes={"city": "Sokcho"},
    unsubscribe_url="https://letters.example.com/u/abc:def/?a=1&b=2",
)

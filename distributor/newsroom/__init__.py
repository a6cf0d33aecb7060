"""What comes in by itself: feeds that are watched, and doors at which a newsroom's own systems hand in letters.

- `feed_actions`, `door_actions`: what every door of the product offers, with typed values in and out.
- `feed_claims`, `feed_looks`, `feed_entries`: who looks at a feed and when, one look, and what becomes of its entries.
- `hub_subscriptions`: being told by WebSub.
- `intake_rules`: what becomes of a letter that came by itself: which channels, held for how long, or asked about.
"""

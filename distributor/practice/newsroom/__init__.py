"""The newsroom of the practice world: it publishes letters in a feed, with a hub; and feeds that lie, for tests.

`POST /newsroom/letters` publishes, `/newsroom/feed.atom` is the feed, `/newsroom/hub` its WebSub hub, and
`/newsroom/lies/KIND` the same letters in a feed that lies (`lies.LIES`).
"""

from distributor.practice.newsroom.site import routes

__all__ = ["routes"]

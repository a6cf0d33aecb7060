"""What the practice world knows of each network that it plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.routing import Route

from distributor.practice.cast import PracticeAccount
from distributor.practice.store import Store


@dataclass(frozen=True, slots=True)
class Network:
    """One network that is played.

    - `channel`: the share bar's word. Its addresses are served below `/{channel}/`, its page is `/{channel}`.
    - `label`: as people call it; `posts` says what arrives there, one and many ("post on X", "posts on X").
    - `routes`: makes its addresses. `account`: the practice account, and `app` the keys of the newsroom's app there,
      where accounts are connected in the browser.
    - `owner`: the name that its page shows as the author of posts.
    - `page`: its own template below `templates/practice/` (without `.html`), where `network` does not do.
    """

    channel: str
    label: str
    posts: tuple[str, str]
    routes: Callable[[Store], list[Route]]
    account: PracticeAccount
    owner: str = "The Practice Letters"
    app: Mapping[str, str] = field(default_factory=dict)
    page: str = "network"

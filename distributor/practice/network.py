"""What the practice world knows of each network that it plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.routing import Route

from distributor.practice.identities import PracticeAccount
from distributor.practice.store import Store


@dataclass(frozen=True, slots=True)
class Network:
    """One network that is played.

    - `channel`: the share bar's word. Its addresses are served below `/{channel}/`, its page is `/{channel}`.
    - `label`: as people call it; `posts` says what arrives there, one and many ("post on X", "posts on X").
    - `routes`: makes its addresses. `account`: the practice account, and `app` the keys of the newsroom's app there,
      where accounts are connected in the browser.
    - `owner`: the name that its page shows as the author of posts.
    - `another`: the values by which a further account differs, where that is not the suffix of its token.
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
    another: Callable[[int], Mapping[str, str]] | None = None

    def further_account(self, number: int) -> PracticeAccount:
        """Return a further account of this network: 1 is the practice account itself. Any number of them exist."""
        if number == 1:
            return self.account
        differs = self.another(number) if self.another else _with_suffix(self.account.values, number)
        return PracticeAccount(self.channel, f"{self.account.name} {number}", {**self.account.values, **differs})


def _with_suffix(values: Mapping[str, str], number: int) -> Mapping[str, str]:
    """Return the token of a further account, as `oauth.Server` knows it."""
    return {name: f"{value}-{number}" for name, value in values.items() if name.endswith("token")}

"""One service, as an Apprise address names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import apprise
from apprise import plugins as apprise_plugins

from distributor.channels.apprise import plugins
from distributor.channels.apprise.wire import Wire
from distributor.domain.text_lines import is_line


class Unusable(Exception):
    """An address that can't be used; `str(error)` is a sentence for an editor."""


@dataclass(frozen=True, slots=True)
class Service:
    """`name` as people call it; `limit` of a text and `title_limit` of a title (0: it shows none) in characters."""

    name: str
    limit: int
    title_limit: int
    _plugin: Any = field(repr=False)

    def notify(self, wire: Wire, *, title: str, text: str) -> bool:
        """Send, in this thread and without a pause; False for anything but success, whatever the plugin raises."""
        with wire.as_current():
            try:
                return bool(self._plugin.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT))
            except Exception as error:  # noqa: BLE001 # of a hundred plugins, about answers that no one foresaw
                wire.failure = type(error).__name__
                return False


def read(url: str) -> Service:
    """Read an Apprise address. Raises Unusable. It makes no connection."""
    if not url or not is_line(url) or " " in url:
        raise Unusable("The account has no usable Apprise address: connect it again.")
    plugins.load()
    parts = _parse(url, secure_logging=True)
    if not parts:
        raise Unusable(_NOT_UNDERSTOOD)
    kind = plugins.plugin_of(parts["schema"])
    name = str(kind.service_name)
    if not plugins.is_harmless(kind):
        raise Unusable(f"{name} can’t be used through Apprise here: its plugin does more than ask over HTTPS.")
    plugin: Any = apprise.Apprise.instantiate({**parts, **_OPTIONS}, asset=_asset())
    if plugin is None:
        raise Unusable(_NOT_UNDERSTOOD)
    plugin.throttle = _no_pause
    return Service(name, int(plugin.body_maxlen), max(int(plugin.title_maxlen), 0), plugin)


_NOT_UNDERSTOOD = "Apprise does not understand the account’s address: appriseit.com/services says how each is written."
_parse: Any = apprise_plugins.url_to_dict  # untyped

# Whatever the address says: nothing is tried again by Apprise itself, split into several messages, or kept.
_OPTIONS = {"retry": 0, "wait": 0.0, "redirect": False, "verify": True, "overflow": "upstream", "store": False}


def _asset() -> apprise.AppriseAsset:
    """Return settings without Apprise's own pictures, and without anything on this machine's disk."""
    return apprise.AppriseAsset(
        app_id="Distributor",
        app_desc="Distributor",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask=False,
        storage_mode="memory",
        secure_logging=True,
        http_redirects=False,
        async_mode=False,
    )


def _no_pause(*_args: Any, **_kwargs: Any) -> None:
    """Apprise sleeps between two requests; a worker does not."""

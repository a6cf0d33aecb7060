"""What reports the events of returned mails: their `source`."""

from __future__ import annotations

from typing import Final

DSN: Final = "dsn"  # a delivery status notification
TEXT: Final = "text"  # a bounce in plain words
ARF: Final = "arf"  # a feedback report
MAILTO: Final = "mailto"  # a mail that asks to be unsubscribed

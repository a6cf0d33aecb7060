"""What must not get into a log, wherever the line comes from."""

from __future__ import annotations

import logging
import re

_WEBHOOK = re.compile(r"(/webhooks/mail/[^/\s]+/[^/\s]+/)[^\s/?\"')]+")
_MARK = re.compile(r"(/[uco]/)[0-9a-f]{28,56}")  # see domain/signed_tokens: whoever has one can unsubscribe its reader


class WithoutSecrets(logging.Filter):
    """Blots out secrets in addresses of ours: Django logs the paths of requests that it answers with an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without secrets."""
        message = record.getMessage()
        shown = _MARK.sub(r"\1…", _WEBHOOK.sub(r"\1…", message))
        if shown != message:
            record.msg, record.args = shown, ()
        return True

"""Mail: a letter to every recipient of a mailing list, through an SMTP relay."""

from __future__ import annotations

from distributor.channels.mail.adapter import MailChannel

channel = MailChannel()

"""LinkedIn: a post of one member or organisation."""

from __future__ import annotations

from distributor.channels.linkedin.adapter import LinkedInChannel

channel = LinkedInChannel()

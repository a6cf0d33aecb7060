"""What a mail needs beside its content: who sends it and what its headers say."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from distributor.domain.letters import PublicationView

TRANSACTIONAL = "transactional"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The publication's part of the headers.

    - `sender_name`, `sender_email`: the From header; the address's domain must be one the relay may send for.
    - `list_id`: the List-Id's identifier, shaped like a domain (RFC 2919 §3), without angle brackets.
    - `list_name`: its description for people.
    - `archive_url`: where the letters can be read on the web (List-Archive, List-Help); "" leaves both out.
    - `stream`: what Feedback-ID calls the publication (letters, digits, hyphens).
    - `kind`: what it calls this kind of mail, `letter`, `digest` or `transactional`; the last has no list.
    - `reply_to`: where answers go, "" for the sender's address.
    """

    sender_name: str = ""
    sender_email: str = ""
    list_id: str = ""
    list_name: str = ""
    archive_url: str = ""
    stream: str = ""
    kind: str = "letter"
    reply_to: str = ""

    @property
    def is_of_list(self) -> bool:
        """Whether it goes to a list, which one can leave."""
        return self.kind != TRANSACTIONAL

    @classmethod
    def of(cls, publication: PublicationView, *, kind: str = "letter") -> Envelope:
        """Return the envelope of a publication's letters, or of another kind of its mail."""
        domain = publication.sender_email.rpartition("@")[2] or urlsplit(publication.site_url).hostname or "localhost"
        return cls(
            sender_name=publication.sender_name or publication.name,
            sender_email=publication.sender_email,
            list_id=f"{publication.slug}.{domain}",
            list_name=publication.name,
            archive_url=f"{publication.site_url}/" if publication.site_url else "",
            stream=publication.slug,
            kind=kind,
            reply_to=publication.reply_to,
        )

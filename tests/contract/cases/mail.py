"""Mail."""

from __future__ import annotations

from distributor.channels.mail.adapter import MailChannel
from distributor.channels.mail.envelope import Envelope
from distributor.channels.mail.payload import MailPayload
from distributor.domain.letters import PublicationView
from distributor.domain.outcomes import Deferred
from distributor.domain.variants import Variant
from tests.contract.cases.spec import Spec

PUBLICATION = PublicationView(
    slug="morning",
    name="Morning Letters",
    site_url="https://letters.example.org/morning",
    sender_name="Minji Kim",
    sender_email="editor@letters.example.org",
)
PAYLOAD = MailPayload(envelope=Envelope.of(PUBLICATION))


def mail_of(text: str) -> Variant:
    return Variant("mail", subject="A letter", html=f"<p>{text}</p>", text=text, payload=PAYLOAD)


SPEC = Spec(
    MailChannel,
    mail_of,
    too_long="long letter " * 500_000,
    wrong={"url": "smtp://practice:wrong@mail.practice.invalid"},
    broken=Deferred,
    addressed=False,
)

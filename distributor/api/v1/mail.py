"""Transactional mail: one template, one person, now."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, publication_of
from distributor.api.operations import note, operation
from distributor.api.parameters import Body, Slug, Text
from distributor.api.problems import ProblemError
from distributor.api.v1.schemas.people import Address
from distributor.delivery.mail import transactional
from distributor.delivery.models import TransactionalMail
from distributor.domain.errors import BadInput
from distributor.rendering.transactional import TemplateSources

router = Router(tags=["Mail"])

Source = Annotated[Text, Field(max_length=300_000)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
Value = bool | Whole | Number | Annotated[Text, Field(max_length=20_000)] | None
Row = dict[Annotated[Text, Field(max_length=100)], Value]
Values = dict[
    Annotated[Text, Field(max_length=100)],
    Value | Annotated[list[Value], Field(max_length=500)] | Row | Annotated[list[Row], Field(max_length=500)],
]


class NewMail(Body):
    """A mail to one person: a stored template by its name, or a subject with Markdown or HTML."""

    to: Address = Field(description="Whoever it is: they need not be known.")
    name: Text = Field(default="", max_length=200, description="The recipient's, as the To header has it.")
    publication: Slug = Field(default="", description="Whose sender and account it is. Needed where there are several.")
    id: Text = Field(
        default="", max_length=200, description="Your own name for it: the same again is the same mail.",
        examples=["order-4711-receipt"],
    )  # fmt: skip
    template: Text = Field(default="", max_length=100, examples=["receipt"])
    subject: Text = Field(default="", max_length=2_000, examples=["Your receipt, {{ values.name }}"])
    markdown: Source = Field(default="", examples=["Thank you for **{{ values.amount }}**."])
    html: Source = ""
    text: Source = Field(default="", description="The text part; by default made of the other one.")
    values: Values = Field(
        default={}, max_length=200, description="What the template sees as “values”.",
        examples=[{"name": "Ana", "amount": "12 €"}],
    )  # fmt: skip


class Mail(Schema):
    """What became of a mail. What it said is not kept once it is out."""

    id: UUID
    own_id: str = Field(examples=["order-4711-receipt"])
    publication: str = Field(examples=["lantern"])
    to: str = Field(description="Empty for who was erased.", examples=["ana@inbox.example"])
    template: str = Field(examples=["receipt"])
    state: Literal["waiting", "sending", "sent", "failed", "suppressed"] = Field(
        description="“suppressed”: the address gets no mail from here, and got none; “sent”: a mail server has it."
    )
    attempts: int
    reason: str = Field(description="What the mail server said last.", examples=["250 2.0.0 queued"])
    code: str = Field(examples=["4.2.1"])
    next_try_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    returned: str = Field(description="What came back about it, such as “hard bounce”.", examples=[""])
    returned_reason: str


@operation(
    router, "POST", "/mail", id="mail.send", summary="Send a transactional mail to one person", scope="mail:send",
    returns=Mail, status=HTTPStatus.ACCEPTED,
)  # fmt: skip
def send_mail(request: ApiRequest, response: HttpResponse, body: NewMail) -> Status[Mail]:
    """For what somebody waits for: a receipt, a new password. It has no link to leave, and waits for no mailing.

    It is on its way when this answers: follow it at `Location`. What is temporary is tried again for a day. A
    suppressed address gets nothing, and `state` says so.
    """
    publication = publication_of(request, body.publication)
    has_source = bool(body.subject or body.markdown or body.html or body.text)
    source = TemplateSources(body.subject, body.html, body.markdown, body.text) if has_source else None
    order = transactional.MailOrder(
        email=body.to, name=body.name, template=body.template, sources=source, values=body.values, own_id=body.id
    )
    row = transactional.send_mail_to(publication, order, actor=request.auth.actor)
    response.headers["Location"] = f"/api/v1/mail/{row.key}"
    note(request, subject=f"mail {row.key}", publication=publication, template=body.template, state=row.state)
    return Status(HTTPStatus.ACCEPTED, _mail(row))


@operation(
    router, "GET", "/mail/{uuid:key}", id="mail.show", summary="What became of a mail", scope="mail:send", returns=Mail
)
def show_mail(request: ApiRequest, key: UUID) -> Mail:
    try:
        return _mail(transactional.mail(request.auth.publication, key))
    except BadInput as error:
        raise ProblemError("not-found", str(error)) from None


def _mail(row: TransactionalMail) -> Mail:
    values: dict[str, Any] = transactional.to_json(row)
    return Mail.model_validate(values)

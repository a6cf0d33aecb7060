"""What each mail provider can do, as data: how its URL is read, how many mails a call takes, what it leaves out.

Sources: django-anymail's backends and its feature matrix, and the providers' own API pages (limits).
"""

from __future__ import annotations

from collections.abc import Mapping

from distributor.channels.mail.providers.provider import Merge, Provider

_BACKENDS = "anymail.backends"
_WEBHOOKS = "anymail.webhooks"

_PROVIDERS = (
    Provider(
        "postmark",
        "Postmark",
        "postmark://SERVER-TOKEN@?stream=broadcast",
        f"{_BACKENDS}.postmark.EmailBackend",
        f"{_WEBHOOKS}.postmark.PostmarkTrackingWebhookView",
        parts={"user": "server_token"},
        options={"stream": "message_stream"},
        fixed_options={"message_stream": "broadcast"},  # Postmark wants what goes to lists on such a stream
        batch=500,
        bundle="postmark",
        message_id="kept",
        extra_headers={"X-PM-KeepID": "true"},
        soft=("Type", ("SoftBounce", "Transient", "Blocked", "DnsError", "Undeliverable")),
        hard=("Type|SuppressionReason", ("HardBounce", "BadEmailAddress")),
    ),
    Provider(
        "mailgun",
        "Mailgun",
        "mailgun://API-KEY@mg.example.com?region=eu",
        f"{_BACKENDS}.mailgun.EmailBackend",
        f"{_WEBHOOKS}.mailgun.MailgunTrackingWebhookView",
        parts={"user": "api_key", "host": "sender_domain"},
        regions={"us": "https://api.mailgun.net/v3/", "eu": "https://api.eu.mailgun.net/v3/"},
        batch=1000,
        merge=Merge("%recipient.{}%"),
        message_id="kept",
        reads=("%recipient.",),
        signature="key",
        webhook_key="webhook_signing_key",
        soft=("event-data.severity", ("temporary",)),
        hard=("event-data.severity", ("permanent",)),
        status="event-data.delivery-status.enhanced-code",
        event_id="event-data.id",  # a repeated call is signed anew, with another token
    ),
    Provider(
        "ses",
        "Amazon SES",
        "ses://ACCESS-KEY:SECRET-KEY@eu-west-1?configuration_set=letters",
        f"{_BACKENDS}.amazon_ses.EmailBackend",
        f"{_WEBHOOKS}.amazon_ses.AmazonSESTrackingWebhookView",
        parts={"user": "aws_access_key_id", "password": "aws_secret_access_key", "host": "region_name"},
        options={"configuration_set": "configuration_set_name", "session_token": "aws_session_token"},
        message_id="replaced",
        envelope="address",
        tracking=False,
        signature="own",
        soft=("bounce.bounceType", ("Transient", "Undetermined")),
        hard=("bounce.bounceType", ("Permanent",)),
        status="bounce.bouncedRecipients.0.status",
    ),
    Provider(
        "sendgrid",
        "SendGrid",
        "sendgrid://API-KEY@?region=eu",
        f"{_BACKENDS}.sendgrid.EmailBackend",
        f"{_WEBHOOKS}.sendgrid.SendGridTrackingWebhookView",
        parts={"user": "api_key"},
        regions={"global": "https://api.sendgrid.com/v3/", "eu": "https://api.eu.sendgrid.com/v3/"},
        batch=1000,
        merge=Merge("-{}-", {"merge_field_format": "-{}-"}),
        message_id="kept",
        signature="key",
        webhook_key="tracking_webhook_verification_key",
        soft=("type", ("blocked",)),
        hard=("type", ("bounce",)),
        status="status",
    ),
    Provider(
        "brevo",
        "Brevo",
        "brevo://API-KEY@",
        f"{_BACKENDS}.brevo.EmailBackend",
        f"{_WEBHOOKS}.brevo.BrevoTrackingWebhookView",
        parts={"user": "api_key"},
        batch=1000,
        bundle="brevo",
        tracking=False,
        reads=("{{", "{%"),
        soft=("event", ("soft_bounce", "deferred")),
        hard=("event", ("hard_bounce", "invalid_email")),
    ),
    Provider(
        "resend",
        "Resend",
        "resend://API-KEY@",
        f"{_BACKENDS}.resend.EmailBackend",
        f"{_WEBHOOKS}.resend.ResendTrackingWebhookView",
        parts={"user": "api_key"},
        batch=100,
        bundle="resend",
        tracking=False,
        signature="key",
        webhook_key="signing_secret",
        soft=("data.bounce.type", ("Transient", "Undetermined")),
        hard=("data.bounce.type", ("Permanent",)),
    ),
    Provider(
        "mailersend",
        "MailerSend",
        "mailersend://API-TOKEN@",
        f"{_BACKENDS}.mailersend.EmailBackend",
        f"{_WEBHOOKS}.mailersend.MailerSendTrackingWebhookView",
        parts={"user": "api_token"},
        headers="MailerSend takes the headers of a mailing list from Enterprise accounts only.",
        metadata=False,
        reads=("{{", "{$"),
        signature="key",
        webhook_key="signing_secret",
        soft=("data.type", ("soft_bounced",)),
        hard=("data.type", ("hard_bounced",)),
    ),
    Provider(
        "mailjet",
        "Mailjet",
        "mailjet://API-KEY:SECRET-KEY@",
        f"{_BACKENDS}.mailjet.EmailBackend",
        f"{_WEBHOOKS}.mailjet.MailjetTrackingWebhookView",
        parts={"user": "api_key", "password": "secret_key"},
        batch=50,
        bundle="mailjet",
        soft=("hard_bounce", (False,)),
        hard=("hard_bounce", (True,)),
    ),
    Provider(
        "mailtrap",
        "Mailtrap",
        "mailtrap://API-TOKEN@",
        f"{_BACKENDS}.mailtrap.EmailBackend",
        f"{_WEBHOOKS}.mailtrap.MailtrapTrackingWebhookView",
        parts={"user": "api_token"},
        fixed_options={"api_url": "https://bulk.api.mailtrap.io/api/"},  # Mailtrap's own stream for what goes to lists
        batch=500,
        bundle="mailtrap",
        tracking=False,
        signature="key",
        webhook_key="tracking_secret",
        soft=("event", ("soft bounce",)),
        hard=("event", ("bounce",)),
    ),
    Provider(
        "mandrill",
        "Mandrill",
        "mandrill://API-KEY@",
        f"{_BACKENDS}.mandrill.EmailBackend",
        f"{_WEBHOOKS}.mandrill.MandrillCombinedWebhookView",
        parts={"user": "api_key"},
        envelope="domain",
        reads=("*|",),
        signature="key",
        webhook_key="webhook_key",
        soft=("event", ("soft_bounce",)),
        hard=("event", ("hard_bounce",)),
    ),
    Provider(
        "postal",
        "Postal",
        "postal://API-KEY@postal.example.com",
        f"{_BACKENDS}.postal.EmailBackend",
        f"{_WEBHOOKS}.postal.PostalTrackingWebhookView",
        parts={"user": "api_key", "host": "host"},
        envelope="address",
        metadata=False,
        tracking=False,
        signature="key",
        webhook_key="webhook_key",
    ),
    Provider(
        "scaleway",
        "Scaleway",
        "scaleway://SECRET-KEY:PROJECT-ID@fr-par",
        f"{_BACKENDS}.scaleway.EmailBackend",
        parts={"user": "secret_key", "password": "project_id", "host": "region"},
        tracking=False,
    ),
    Provider(
        "sparkpost",
        "SparkPost",
        "sparkpost://API-KEY@?region=eu",
        f"{_BACKENDS}.sparkpost.EmailBackend",
        f"{_WEBHOOKS}.sparkpost.SparkPostTrackingWebhookView",
        parts={"user": "api_key"},
        options={"subaccount": "subaccount"},
        regions={"us": "https://api.sparkpost.com/api/v1/", "eu": "https://api.eu.sparkpost.com/api/v1/"},
        envelope="address",
        reads=("{{",),
        # https://support.sparkpost.com/docs/deliverability/bounce-classification-codes
        soft=(
            "msys.message_event.bounce_class",
            ("20", "21", "22", "23", "24", "40", "50", "51", "52", "53", "60", "70", "100"),
        ),
        hard=("msys.message_event.bounce_class", ("10", "30")),
    ),
    Provider(
        "unisendergo",
        "Unisender Go",
        "unisendergo://API-KEY@go1",
        f"{_BACKENDS}.unisender_go.EmailBackend",
        f"{_WEBHOOKS}.unisender_go.UnisenderGoTrackingWebhookView",
        parts={"user": "api_key"},
        regions={
            "go1": "https://go1.unisender.ru/ru/transactional/api/v1/",
            "go2": "https://go2.unisender.ru/ru/transactional/api/v1/",
        },
        headers="Unisender Go drops headers that do not begin with X-: List-Id, List-Help and the others don’t arrive.",
        reads=("{{",),
        signature="own",
        soft=("status", ("soft_bounced",)),
        hard=("status", ("hard_bounced",)),
    ),
)

PROVIDERS: Mapping[str, Provider] = {provider.scheme: provider for provider in _PROVIDERS}


def matrix() -> str:
    """Return the table of all providers as README.md shows it."""
    lines = [
        "| Provider | `url` | Mails | Message-ID | Return path | Webhook | Signature | Finds the recipient by |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for provider in _PROVIDERS:
        signature_text = {"key": "with `signing_key`", "own": "checked", "none": "none"}[provider.signature]
        cells = (
            provider.label,
            f"`{provider.url}`",
            provider.way,
            provider.message_id,
            provider.envelope,
            "yes" if provider.webhook else "no",
            signature_text,
            "mark" if provider.metadata else "address",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def caveats() -> str:
    """Return what each provider does not do as a list for README.md; the same sentences as `concerns` gives."""
    return "\n".join(f"- {sentence}" for provider in _PROVIDERS for sentence in shortcomings(provider))


def shortcomings(provider: Provider) -> tuple[str, ...]:
    """Return what a provider does not do with a mail, as sentences."""
    lacks = [provider.headers] if provider.headers else []
    if provider.message_id == "replaced":
        lacks.append(f"{provider.label} puts a Message-ID and a Date of its own in place of ours.")
    if not provider.tracking:
        lacks.append(f"{provider.label} counts opens and clicks by a setting of its own: switch it off there.")
    if not provider.metadata:
        lacks.append(f"{provider.label} takes no metadata: what comes back is matched by address only.")
    if not provider.webhook:
        lacks.append(f"{provider.label} has no webhooks that are understood: read its bounces from a mailbox.")
    return tuple(lacks)

"""The table of providers: complete, and the page of providers shows it."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import anymail.backends
import pytest
from django.utils.module_loading import import_string

from distributor.channels.mail import transports
from distributor.channels.mail.providers.bundles import BUNDLES
from distributor.channels.mail.providers.features import PROVIDERS, caveats, matrix
from distributor.domain.variants import Variant

PAGE = (Path(__file__).parents[3] / "docs/operators/providers.md").read_text(encoding="utf-8")
NO_PROVIDERS = {"base", "base_requests", "console", "test", "sendinblue"}  # the last one is Brevo's old name


def test_every_backend_of_anymail_has_a_word() -> None:
    modules = {file.stem for file in Path(anymail.backends.__path__[0]).glob("[a-z]*.py")} - NO_PROVIDERS
    assert {one.backend.split(".")[2] for one in PROVIDERS.values()} == modules


@pytest.mark.parametrize("scheme", PROVIDERS)
def test_what_the_table_names_is_there(scheme: str) -> None:
    provider = PROVIDERS[scheme]
    if provider.webhook:
        import_string(provider.webhook)
    if scheme != "ses" or importlib.util.find_spec("boto3"):
        import_string(provider.backend)
    assert (provider.batch > 1) == bool(provider.bundle or provider.merge)
    assert not provider.bundle or provider.bundle in BUNDLES
    assert (provider.signature == "key") == bool(provider.webhook_key)


def test_the_page_shows_the_table() -> None:
    assert matrix() in PAGE
    assert caveats() in PAGE


def test_an_editor_is_told_what_a_provider_does_not_do() -> None:
    variant = Variant("mail", subject="x", html="<p>{{ '{' }}{ x }}</p>", text="x")
    told = [one.message for one in transports.concerns("brevo://KEY@", variant)]
    assert "Brevo takes “{{” in the letter for a template of its own." in told
    plain = replace(variant, html="<p>{{ recipient.name }}</p>")
    assert all("template" not in one.message for one in transports.concerns("brevo://KEY@", plain))
    assert transports.concerns("smtp://relay.example", variant) == ()
    assert next(one.level for one in transports.concerns("mailersend://KEY@", plain)) == "warning"

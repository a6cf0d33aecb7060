"""A host that is not ours: nothing is answered in its name, and an operator is told what to set."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.integration.desk import html

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/desk/", "/u/token/", "/nothing/"])
def test_a_host_that_is_not_ours_is_refused_with_what_to_set(client: Client, path: str) -> None:
    answer = client.get(path, headers={"host": "evil.example"})
    page = html(answer)
    assert answer.status_code == 400
    assert "set <code>DISTRIBUTOR_SITE_URL</code>" in page
    assert "<code>DISTRIBUTOR_ALLOWED_HOSTS</code>" in page
    assert "evil.example" not in page

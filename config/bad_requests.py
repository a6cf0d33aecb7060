"""What is answered to a request that can't be read, or that asks for a host which is not ours."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 with what went wrong; to an operator whose settings lack a host, with what to set."""
    context = {"is_strange_host": isinstance(exception, DisallowedHost)}
    return render(request, "400.html", context, status=HTTPStatus.BAD_REQUEST)

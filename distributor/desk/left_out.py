"""What intake left out of a letter: put back from the letter's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from distributor.desk.access import writer
from distributor.desk.row_numbers import row_number
from distributor.domain.errors import BadInput
from distributor.letters import omissions
from distributor.letters.models import Letter

DESK = "the desk"


@writer
@require_POST
def put_back(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Put a piece back where it stood."""
    letter = get_object_or_404(Letter, pk=letter_id)
    number = request.POST.get("number", "")
    name = request.POST.get("what", "")
    try:
        place = row_number(number)
        omissions.put_back(letter, -1 if place is None else place, name, actor=request.user.get_username(), origin=DESK)
    except BadInput as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{name}” is in the letter again; what is out already doesn’t change.")
    return redirect("desk:letter", letter.pk)

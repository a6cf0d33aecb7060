"""Imports on the desk: a file with people, tried or put on a list, and what became of its rows.

The file is read while the browser waits. Nothing of it is kept but its rows in the stage of the import (see
`audience.import_stage`), so that the same file goes on where it was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from distributor.audience import import_summary
from distributor.audience.actions import find_or_build_list
from distributor.audience.imports import ImportReport, import_subscribers
from distributor.audience.models import Import
from distributor.desk.access import editor
from distributor.desk.import_form import ImportForm
from distributor.desk.people_filter import open_list_rows
from distributor.desk.publication_scope import narrow
from distributor.domain.errors import ConfirmationNeeded, DistributorError, UnclearStatuses
from distributor.request_bodies import FORM_ROOM, MEGABYTE, body_limit

PAGE_SIZE = 25
LARGEST_FILE = 64 * MEGABYTE  # a million people with a few attributes; gzipped, several millions
SILENT = timedelta(minutes=2)  # a chunk of rows takes seconds: after that nobody is reading


@editor
@body_limit(LARGEST_FILE + FORM_ROOM, editors_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Try a file, or put its people on a list; and the imports before."""
    form = ImportForm(request.POST or None, request.FILES or None)
    report = _import_file(form) if form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "report": report,
        "questions": list(form.questions()) if report is None or report.dry_run else [],
        "origin": list(import_summary.origin(report)) if report else [],
        "destination": import_summary.destination(report) if report else "",
        "question": import_summary.question(report) if report else "",
        "departures": import_summary.departures(report) if report else "",
        "lists": open_list_rows(),
        "known": narrow(Import.objects.select_related("publication").order_by("-pk"))[:PAGE_SIZE],
        "silent_since": timezone.now() - SILENT,
        "largest_file": LARGEST_FILE // MEGABYTE,
        "here": "imports",
    }
    return render(request, "desk/imports.html", context, status=422 if form.errors else 200)


@editor
@require_safe
def running(request: HttpRequest) -> HttpResponse:
    """The imports that are being read right now, as a fragment."""
    reading = narrow(Import.objects.filter(state=Import.State.READING, updated_at__gte=timezone.now() - SILENT))
    return render(request, "desk/running.html", {"running": reading.order_by("pk")})


def _import_file(form: ImportForm) -> ImportReport | None:
    """Do what a valid form asks for; what is wrong with the file or the list is noted in the form."""
    values = form.cleaned_data
    try:
        with _on_disk(values["file"]) as path:
            return import_subscribers(
                path,
                into=find_or_build_list(values["publication"], values["list"]),
                name=values["file"].name,
                reading=form.reading(),
                confirmed=values["confirmed"],
                dry_run=values["dry_run"],
            )
    except UnclearStatuses as error:
        form.ask(error.values)
        form.add_error("file", "Some values may say who gets no mail: say below what they mean. Nothing was stored.")
    except ConfirmationNeeded as error:
        form.asks_to_confirm = True
        form.add_error("file", f"{error} Nothing was stored.")
    except DistributorError as error:
        form.add_error("file", str(error))
    return None


@contextmanager
def _on_disk(file: UploadedFile[bytes]) -> Iterator[Path]:
    """Give an uploaded file a path for as long as it is read: what goes on later is known by a file's content."""
    if isinstance(file, TemporaryUploadedFile):
        yield Path(file.temporary_file_path())
        return
    with NamedTemporaryFile(prefix="distributor-import-") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)

"""The public pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from distributor.delivery.mail import link_tokens
from distributor.delivery.variants.redirects import short_destination
from distributor.domain.errors import BadInput
from distributor.insights import actions as insights
from distributor.letters import letter_feeds, short_links
from distributor.letters.letter_feeds import LetterFeed
from distributor.letters.models import Author, Letter, Page, Publication, Series, TakenDown
from distributor.page_numbers import page_of
from distributor.people.roles import NOBODY, roles_of
from distributor.reader import pages, token_limits, unsubscription, visitors
from distributor.reader.published_letters import published_letter

LETTERS_A_PAGE = 20


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """All publications, or the only one."""
    publications = Publication.objects.annotate(published=Count("letters__page")).order_by("name")
    if len(publications) == 1:
        return redirect("reader:publication", publications[0].slug)
    return render(request, "reader/front.html", {"publications": publications})


@require_safe
def publication(request: HttpRequest, publication: str) -> HttpResponse:
    """A publication's letters, the newest first, and its series."""
    brand = get_object_or_404(Publication, slug=publication)
    series = brand.series.annotate(published=Count("letters__page")).filter(published__gt=0).order_by("title")
    return _letter_list(request, "reader/publication.html", letter_feeds.of_publication(brand), {"series": series})


@require_safe
def series(request: HttpRequest, publication: str, slug: str) -> HttpResponse:
    """The published letters of one series, the newest first."""
    run = get_object_or_404(Series.objects.select_related("publication"), publication__slug=publication, slug=slug)
    return _letter_list(request, "reader/series.html", letter_feeds.of_series(run), {"series": run})


@require_safe
def author(request: HttpRequest, publication: str, slug: str) -> HttpResponse:
    """An author: name, bio, and the published letters, the newest first."""
    authors = Author.objects.select_related("publication")
    person = get_object_or_404(authors, publication__slug=publication, slug=slug)
    return _letter_list(request, "reader/author.html", letter_feeds.of_author(person), {"author": person})


def _letter_list(
    request: HttpRequest, template: str, letter_feed: LetterFeed, context: dict[str, object]
) -> HttpResponse:
    """Answer with a page of a letter feed's letters; only a publication has a page without any."""
    page = page_of(letter_feed.pages(), LETTERS_A_PAGE, request)
    if letter_feed.lookup and not page.object_list:
        raise Http404
    brand = letter_feed.publication
    whole = letter_feeds.of_publication(brand)
    list_context = {
        "publication": brand,
        "language": brand.language,
        "feeds": [letter_feed, whole] if letter_feed.lookup else [whole],
        "page": page,
        "letters": [published_letter(row) for row in page.object_list],
        "address": f"{settings.SITE_URL}{letter_feed.home}" + (f"?page={page.number}" if page.number > 1 else ""),
    }
    return render(request, template, {**context, **list_context})


@require_safe
def letter(request: HttpRequest, publication: str, slug: str) -> HttpResponse:
    """A letter as it went out, or the word that it was taken down."""
    pages_with_letters = Page.objects.select_related("letter__publication", "letter__series")
    page = pages_with_letters.filter(letter__publication__slug=publication, letter__slug=slug).first()
    if page is None:
        taken_down_pages = TakenDown.objects.select_related("letter__publication")
        return taken_down(
            request, get_object_or_404(taken_down_pages, letter__publication__slug=publication, letter__slug=slug)
        )
    today = timezone.now().date()
    if visitors.is_reader(request):
        insights.count_read(page.letter, day=today)
    return _letter(request, pages.letter_context(page, today=today))


@never_cache
@require_safe
def short(request: HttpRequest, code: str) -> HttpResponse:
    """Lead on to a letter's page, and to nowhere else; a click by a person counts."""
    link = short_links.find(code)
    if link is None:
        raise Http404
    if not Page.objects.filter(letter=link.letter).exists():
        taken_down_pages = TakenDown.objects.select_related("letter__publication")
        return taken_down(request, get_object_or_404(taken_down_pages, letter=link.letter))
    if visitors.is_reader(request):
        insights.count_short_click(link, day=timezone.now().date())
    return redirect(short_destination(link))


def taken_down(request: HttpRequest, record: TakenDown) -> HttpResponse:
    """Say that a letter was here and is not any more (RFC 9110 §15.5.11: search engines forget it at once)."""
    response = render(request, "reader/gone.html", {"publication": record.letter.publication}, status=410)
    add_never_cache_headers(response)  # it may be published again
    return response


@never_cache
@login_required
@require_safe
def preview(request: HttpRequest, publication: str, slug: str) -> HttpResponse:
    """A letter's page as it would be published now, for editors only. Not counted as a read."""
    roles = roles_of(request.user) if request.user.is_authenticated else NOBODY
    if not roles.permits_anywhere("writer"):
        raise PermissionDenied
    letters = Letter.objects.select_related("publication", "series")
    letter = get_object_or_404(letters, publication__slug=publication, slug=slug)
    if not roles.permits("writer", letter.publication_id):
        raise Http404
    return _letter(request, pages.preview_context(letter, now=timezone.now()))


def _letter(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    response = render(request, "reader/letter.html", context)
    response.headers["Content-Security-Policy"] = pages.policy_for(context)
    return response


@csrf_exempt  # RFC 8058: the mail provider posts without cookies, login or a page of ours before it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, since scanners follow links in mails; do on POST what it asks for. Doing it again changes nothing."""
    try:
        person, dispatch = link_tokens.read_unsubscribe(token)
    except BadInput as error:
        return token_limits.not_ours(request, str(error))
    if wait := token_limits.uses_up(request):
        return token_limits.too_often(request, wait)
    visit = unsubscription.visit(person, dispatch)
    try:
        answer = visit.answer(request) if request.method == "POST" else visit.ask()
    except BadInput as error:
        return render(request, "reader/not_understood.html", {"problem": str(error)}, status=400)
    return render(request, answer.template, answer.context, status=answer.status)

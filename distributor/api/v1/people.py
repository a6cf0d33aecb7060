"""People: looked up, made, changed, and erased."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, publication_of, publications_of, require_all_publications
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import LONGEST_PAGE, USUAL_PAGE, Cursor, Limit, Page, link_next, rows_of
from distributor.api.parameters import Body, Slug, Text
from distributor.api.problems import ProblemError
from distributor.api.v1.schemas.people import (
    AttributeText,
    Erasure,
    ErasureOrder,
    NewPerson,
    Person,
    PersonChange,
    PlacedPerson,
    State,
    person_values,
)
from distributor.audience import privacy
from distributor.audience.actions import find_lists
from distributor.audience.directory import PeopleFilter, people, with_subscriptions
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.audience.subscriptions import PersonDraft, PersonResult, store_people
from distributor.audience.suppression import reasons
from distributor.domain.errors import BadInput, ConfirmationNeeded, NotPermitted
from distributor.letters.models import Publication

router = Router(tags=["People"])


AttributeFilters = list[Annotated[Text, Field(max_length=2_200)]]


class PeopleSearch(Body):
    """Whom to look for: all that is given has to be so."""

    email: Text = Field("", max_length=320, description="Exactly this address, in any case.")
    text: Text = Field("", max_length=200, description="A part of the address or of the name.")
    attribute: AttributeFilters = Field(
        [], max_length=20, description="NAME:VALUE, as it is stored.", examples=[["city:Seoul"]]
    )
    tag: Text = Field("", max_length=50, description="Whom an editor gave this tag.", examples=["press"])
    list: Slug = Field("", description="The short name of a list that they are or were on.", examples=["readers"])
    publication: Slug = Field("", description="On one of its lists, now or before.", examples=["lantern"])
    state: State | None = Field(
        None, description="Of these lists: on one now, on none any more; or suppressed: gets no mail at all."
    )


class PeopleQuery(PeopleSearch):
    """A search with its page, for a body."""

    limit: int = Field(USUAL_PAGE, ge=1, le=LONGEST_PAGE)
    cursor: Text = Field("", max_length=1000)


@operation(
    router, "GET", "/people", id="people.list", summary="Look people up", scope="people:read", returns=Page[Person]
)
def list_people(
    request: ApiRequest,
    response: HttpResponse,
    search: Query[PeopleSearch],
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[Person]:
    """The latest first. An address in a URL may end up in a proxy's log: `people.search` takes the same in a body."""
    page = _search(request, search, limit=limit, cursor=cursor)
    link_next(request, response, page.next)
    return page


@operation(
    router, "POST", "/people/search", id="people.search", summary="Look people up, by a body", scope="people:read",
    returns=Page[Person], atomic=False, audited=False,
)  # fmt: skip
def search_people(request: ApiRequest, body: PeopleQuery) -> Page[Person]:
    return _search(request, body, limit=body.limit, cursor=body.cursor)


@operation(
    router, "POST", "/people", id="people.create", summary="Make or change a person, and put them on lists",
    scope="people:write", returns=PlacedPerson, status=HTTPStatus.CREATED, responses={200: PlacedPerson},
)  # fmt: skip
def create_person(
    request: ApiRequest, response: HttpResponse, body: NewPerson, publication: Slug = ""
) -> Status[PlacedPerson]:
    """201 for somebody new, 200 for whom we had. A token for one publication has to name one of its lists."""
    publication_row = publication_of(request, publication) if body.lists or request.auth.publication else None
    lists = find_lists(publication_row, body.lists) if publication_row else []
    if request.auth.publication is not None and not lists:
        raise BadInput("Name a list: this token is for one publication, and sees only people on its lists.")
    (result,) = store_people([draft_of(body, lists)], actor=request.auth.actor, publication=request.auth.publication)
    person = stored_person(result)
    response.headers["Location"] = f"/api/v1/people/{person.key}"
    placements = {mailing_list.slug: result.placements[mailing_list.pk] for mailing_list in lists}
    note(request, subject=f"person {person.key}", publication=publication_row, lists=placements)
    values = person_values(_person(request, person.key), reasons([person.email]).get(person.email.lower()))
    status = HTTPStatus.CREATED if result.is_new else HTTPStatus.OK
    return Status(status, PlacedPerson(**values, placements=placements))  # type: ignore[arg-type]


@operation(
    router, "GET", "/people/{uuid:key}", id="people.show", summary="One person", scope="people:read", returns=Person
)  # fmt: skip
def show_person(request: ApiRequest, key: UUID) -> Person:
    return as_read([_person(request, key)])[0]


@operation(
    router, "PATCH", "/people/{uuid:key}", id="people.update", summary="Change a person", scope="people:write",
    returns=Person,
)  # fmt: skip
def update_person(request: ApiRequest, key: UUID, body: PersonChange) -> Person:
    row = person_row(request, key, lock=True)
    check_match(request, as_read([_person(request, key)])[0])
    draft = PersonDraft(
        email=row.email, name=body.name, language=body.language, time_zone=body.time_zone, attributes=body.attributes,
        tags=body.tags,
    )  # fmt: skip
    (result,) = store_people([draft], actor=request.auth.actor, publication=request.auth.publication)
    if result.is_shared and body.model_fields_set:
        raise NotPermitted("They are on lists of other publications too: a token for all publications may change them.")
    stored_person(result)
    note(request, subject=f"person {key}", members=sorted(body.model_fields_set))
    return as_read([_person(request, key)])[0]


@operation(
    router, "POST", "/people/erase", id="people.erase", summary="Erase whoever has an address", scope="people:write",
    returns=Erasure,
)  # fmt: skip
def erase_address(request: ApiRequest, body: ErasureOrder) -> Erasure:
    """What the law lets them ask for (GDPR Art. 17). A keyed hash stays, so that no import brings them back."""
    return _erase(request, body.email, confirmed=body.confirmed)


@operation(
    router, "DELETE", "/people/{uuid:key}", id="people.delete", summary="Erase a person", scope="people:write",
    returns=Erasure,
)  # fmt: skip
def erase_person(request: ApiRequest, key: UUID, confirmed: bool = False) -> Erasure:
    """As `people.erase`."""
    return _erase(request, person_row(request, key).email, confirmed=confirmed)


def _erase(request: ApiRequest, email: str, *, confirmed: bool) -> Erasure:
    require_all_publications(request, "Erasing a person")
    if not confirmed:
        raise ConfirmationNeeded("Erasing can't be undone.")
    erasure = privacy.erase(email)
    note(request, subject="a person", erased=erasure.subscriber)
    return Erasure(erased=erasure.subscriber, subscriptions=erasure.subscriptions)


def draft_of(body: NewPerson, lists: Sequence[MailingList]) -> PersonDraft:
    """Return a person as the audience takes them."""
    return PersonDraft(
        email=body.email,
        name=body.name,
        language=body.language,
        time_zone=body.time_zone,
        attributes=body.attributes,
        tags=body.tags,
        lists=lists,
        consent=body.consent.agreement() if body.consent else None,
        cadence=Subscription.Cadence(body.cadence) if body.cadence else None,
    )


def stored_person(result: PersonResult) -> Subscriber:
    """Return whom a draft was stored as. Raises BadInput where it was not."""
    if result.problem or result.subscriber is None:
        raise BadInput(result.problem or "Nothing was stored.")
    return result.subscriber


def person_row(request: ApiRequest, key: UUID, *, lock: bool = False) -> Subscriber:
    """Return the subscriber of a key. Raises ProblemError for nobody that the token may see."""
    rows = people(PeopleFilter(publication=request.auth.publication))
    rows = rows.select_for_update(no_key=True) if lock else rows
    row = rows.filter(key=key).first()
    if row is None:
        raise ProblemError("not-found", f"There is no person {key} here.")
    return row


def _person(request: ApiRequest, key: UUID) -> Subscriber:
    """Return a subscriber with the subscriptions that the token may see."""
    row = person_row(request, key)
    return with_subscriptions(Subscriber.objects.filter(pk=row.pk), request.auth.publication).get()


def _search(request: ApiRequest, search: PeopleSearch, *, limit: int, cursor: str) -> Page[Person]:
    publication: Publication | None = publications_of(request, search.publication).get("publication")
    mailing_list = None
    if search.list:
        publication = publication or publication_of(request, search.publication)
        (mailing_list,) = find_lists(publication, [search.list])
    scope = PeopleFilter(
        email=search.email,
        text=search.text,
        attributes=dict(_attribute(text) for text in search.attribute),
        publication=publication,
        mailing_list=mailing_list,
        state=search.state,
        tag=search.tag.strip().lower(),
    )
    rows = with_subscriptions(people(scope), request.auth.publication)
    page, next_cursor = rows_of(rows, cursor=cursor, limit=limit)
    return Page[Person](items=as_read(page), next=next_cursor)


def _attribute(text: AttributeText) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not name or not colon:
        raise BadInput("“attribute” takes NAME:VALUE, such as city:Seoul.")
    return name, value


def as_read(rows: Sequence[Subscriber]) -> list[Person]:
    """Return people as they are read; their subscriptions are at hand."""
    suppression_reasons = reasons([row.email for row in rows])
    return [Person(**person_values(row, suppression_reasons.get(row.email.lower()))) for row in rows]  # type: ignore[arg-type]

"""What can be done with lists and the people on them; `audience.imports` puts whole tables on a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from distributor.audience import erasure_hashes
from distributor.audience.causes import OWN_HAND, UNKNOWN, Cause
from distributor.audience.models import MailingList, Subscriber, Subscription, Suppression, with_address
from distributor.audience.person_events import PersonEvent, PersonEvents, announce
from distributor.domain.errors import BadInput
from distributor.domain.mail_addresses import normal_address
from distributor.letters.models import Publication

ACTIVE_VALUES: Mapping[str, Any] = {
    "state": Subscription.State.ACTIVE,
    "left_at": None,
    "left_how": "",
    "left_source": "",
    "left_dispatch_id": None,
    "left_again_at": None,
}


def ensure_list(publication: Publication, slug: str, name: str = "") -> MailingList:
    """Return the publication's list of that short name, made where it is not there. Raises BadInput for a bad one."""
    mailing_list = find_or_build_list(publication, slug, name)
    return mailing_list if mailing_list.pk else store_list(mailing_list)


def find_or_build_list(publication: Publication, slug: str, name: str = "") -> MailingList:
    """Return the publication's list of that short name, or one that is not stored yet. Raises BadInput."""
    if not slug or slugify(slug) != slug or len(slug) > 50:
        raise BadInput(f"“{slug}” can't be a list's short name: use small letters, digits and “-”, 50 at most.")
    mailing_list = MailingList.objects.filter(publication=publication, slug=slug).first()
    return mailing_list or MailingList(
        publication=publication, slug=slug, name=name or slug.replace("-", " ").capitalize()
    )


def store_list(draft: MailingList) -> MailingList:
    """Store a list of `find_or_build_list`, or return the one that came to be meanwhile."""
    mailing_list, _ = MailingList.objects.get_or_create(
        publication=draft.publication, slug=draft.slug, defaults={"name": draft.name}
    )
    return mailing_list


def create_list(
    publication: Publication, slug: str, name: str = "", *, is_public: bool = False, welcome: str = ""
) -> MailingList:
    """Make a list. Raises BadInput for a bad short name, and for one that the publication has a list of."""
    draft = find_or_build_list(publication, slug, name.strip())
    if draft.pk:
        raise BadInput(f"{publication.name} has a list “{slug}” already: take another short name.")
    draft.is_public, draft.welcome = is_public, welcome.strip()
    draft.save()
    return draft


def change_list(mailing_list: MailingList, *, name: str, is_public: bool, welcome: str) -> None:
    """Give a list another name, and say how it meets those who subscribe by themselves; its short name stays.

    Raises BadInput for no name: then nothing is changed.
    """
    if not name.strip():
        raise BadInput("A list needs a name.")
    mailing_list.name, mailing_list.is_public, mailing_list.welcome = name.strip(), is_public, welcome.strip()
    mailing_list.save(update_fields=["name", "is_public", "welcome"])


def archive_list(mailing_list: MailingList) -> None:
    """Let a list get no letter and nobody new from now on. Its people stay; what is queued for it already goes out."""
    mailing_list.archived_at = mailing_list.archived_at or timezone.now()
    mailing_list.save(update_fields=["archived_at"])


def restore_list(mailing_list: MailingList) -> None:
    """Bring an archived list back, as it was."""
    mailing_list.archived_at = None
    mailing_list.save(update_fields=["archived_at"])


def open_lists(publication: Publication) -> QuerySet[MailingList]:
    """Return a publication's lists that are not archived: those that letters go to."""
    return publication.lists.filter(archived_at=None)


def check_open(lists: Iterable[MailingList]) -> None:
    """Raise BadInput where one of these lists is archived."""
    for mailing_list in lists:
        if mailing_list.archived_at is not None:
            raise BadInput(f"The list “{mailing_list.slug}” is archived: bring it back first, or take another one.")


def find_lists(publication: Publication, slugs: Iterable[str]) -> list[MailingList]:
    """Return the publication's lists of these short names. Raises BadInput for one that it does not have."""
    slugs = list(dict.fromkeys(slugs))
    if not slugs:
        return []
    lists = {
        mailing_list.slug: mailing_list
        for mailing_list in MailingList.objects.filter(publication=publication).order_by("slug")
    }
    for slug in slugs:
        if slug not in lists:
            have = f"it has {', '.join(lists)}" if lists else "make one with “distributor subscribers import”"
            raise BadInput(f"{publication.name} has no list “{slug}”: {have}.")
    return [lists[slug] for slug in slugs]


@transaction.atomic
def subscribe(
    email: str,
    *,
    to: MailingList,
    name: str = "",
    language: str = "",
    cadence: Subscription.Cadence | None = None,
) -> Subscription:
    """Put one person on a list at their own request, also if they left it before: they are on it `since` now then.

    A cadence that is given is kept, also for someone who is on the list. Who was erased and comes back of their own
    accord is welcome; but if they were suppressed for another reason, they still are. Raises BadInput for a bad
    address.
    """
    address_text = normal_address(email)
    if address_text is None:
        raise BadInput(f"“{email[:80]}” is not a mail address.")
    erased_people = Suppression.objects.filter(digest__in=erasure_hashes.hashes(address_text))
    erased_people.filter(reason=Suppression.Reason.ERASED).delete()
    erased_people.update(email=address_text, digest=None)
    # Not get_or_create: the address is unique whatever its case, and a double click must not fail.
    Subscriber.objects.bulk_create(
        [Subscriber(email=address_text, name=name, language=language)], ignore_conflicts=True
    )
    person = with_address(Subscriber.objects.all(), address_text).get()
    subscription, is_new = Subscription.objects.select_for_update().get_or_create(subscriber=person, list=to)
    is_back = not is_new and subscription.state != Subscription.State.ACTIVE
    if is_back:
        for name, value in ACTIVE_VALUES.items():
            setattr(subscription, name, value)
        subscription.since = timezone.now()
    is_changed = cadence is not None and change_cadence(subscription, cadence)
    subscription.save()
    stored = Subscription.objects.filter(pk=subscription.pk)
    if is_new or is_back:
        announce(PersonEvents(PersonEvent.SUBSCRIBED, stored))
    elif is_changed:
        announce(PersonEvents(PersonEvent.CHANGED, stored, how=str(subscription.cadence)))
    return subscription


@transaction.atomic
def change_address(person: Subscriber, email: str) -> bool:
    """Give somebody another address and return whether it is another one; all else that is theirs stays.

    That they are suppressed stays as well, also after bounces: addresses are suppressed, and nobody has said that they
    may get mail again. The earlier address stays suppressed. Raises BadInput for what is no address, one that somebody
    else has, and one that was erased.
    """
    address_text = normal_address(email)
    if address_text is None:
        raise BadInput(f"“{email[:80]}” is not a mail address.")
    if address_text == person.email:
        return False
    sentence = f"{address_text} is somebody else's here: look for it, and keep one of the two."
    if with_address(Subscriber.objects.exclude(pk=person.pk), address_text).exists():
        raise BadInput(sentence)
    if Suppression.objects.filter(digest__in=erasure_hashes.hashes(address_text)).exists():
        raise BadInput("Whoever had this address was erased: only they themselves can come back.")
    suppression_row = with_address(Suppression.objects.all(), person.email).first()
    try:
        with transaction.atomic():
            Subscriber.objects.filter(pk=person.pk).update(email=address_text)
    except IntegrityError as error:  # somebody took it since we looked
        raise BadInput(sentence) from error
    person.email = address_text
    if suppression_row is not None:
        suppression_row.pk, suppression_row.email = None, address_text
        Suppression.objects.bulk_create([suppression_row], ignore_conflicts=True)
    return True


@transaction.atomic
def set_cadence(subscriber_key: UUID, *, publication: Publication, cadence: Subscription.Cadence) -> int:
    """Let one person have a publication's letters so often, on all of its lists that they are on; return how many.

    Who had each letter by itself gets none of them again in a digest. Doing it again changes nothing.
    """
    active_subscriptions = Subscription.objects.select_for_update().filter(
        subscriber__key=subscriber_key, list__publication=publication, state=Subscription.State.ACTIVE
    )
    subscriptions = list(active_subscriptions.order_by("pk"))
    changed_ids = [subscription.pk for subscription in subscriptions if change_cadence(subscription, cadence)]
    for subscription in subscriptions:
        subscription.save(update_fields=["cadence", "digested_through"])
    announce(PersonEvents(PersonEvent.CHANGED, Subscription.objects.filter(pk__in=changed_ids), how=str(cadence)))
    return len(subscriptions)


@transaction.atomic
def reactivate(subscription_ids: Collection[int]) -> int:
    """Make subscriptions active again, with nothing left of how they ended and all else as it is; return how many."""
    subscriptions = Subscription.objects.filter(pk__in=subscription_ids)
    count = subscriptions.update(**ACTIVE_VALUES)
    announce(PersonEvents(PersonEvent.SUBSCRIBED, subscriptions, how="put back"))
    return count


def change_cadence(subscription: Subscription, cadence: Subscription.Cadence | str) -> bool:
    """Put a cadence into a subscription that is not saved yet; return whether it is another one."""
    is_other = subscription.cadence != cadence
    if Subscription.Cadence.EACH_LETTER in (subscription.cadence, cadence) and subscription.cadence != cadence:
        subscription.digested_through = timezone.now()
    subscription.cadence = cadence
    return is_other


@transaction.atomic
def unsubscribe(subscriber_key: UUID, *, lists: Iterable[MailingList], how: str, cause: Cause = UNKNOWN) -> int:
    """Take one person off these lists and return how many they were on. Doing it again changes nothing.

    Who leaves by their own hand what an event from outside has ended is not put back when that is undone.
    """
    subscriptions = Subscription.objects.filter(subscriber__key=subscriber_key, list__in=list(lists))
    moment = cause.at or timezone.now()
    if cause.source in OWN_HAND:
        ended_by_events = subscriptions.filter(state=Subscription.State.LEFT, left_again_at=None)
        ended_by_events.exclude(left_source__in=OWN_HAND).update(left_again_at=moment)
    return end(subscriptions.filter(state=Subscription.State.ACTIVE), how=how, cause=cause, at=moment)


@transaction.atomic
def end(subscriptions: QuerySet[Subscription], *, how: str, cause: Cause, at: datetime) -> int:
    """End subscriptions that are active, at a moment (aware) and for a cause; return how many."""
    ids = list(subscriptions.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    ended = Subscription.objects.filter(pk__in=ids)
    count = ended.update(
        state=Subscription.State.LEFT,
        left_at=at,
        left_how=how[:100],
        left_source=cause.source,
        left_dispatch_id=cause.dispatch,
    )
    announce(PersonEvents(PersonEvent.LEFT, ended, how=how))
    return count

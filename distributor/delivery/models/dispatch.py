"""Dispatches and what became of them. Batches and deliveries are written by SQL in `delivery.mail.ledger`."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from distributor.audience.models import MailingList, Segment
from distributor.channels import registry
from distributor.delivery.models.account import Account
from distributor.delivery.models.digest import Digest
from distributor.domain.states import FINISHED, VACANT, State
from distributor.letters.models import Letter, Publication, Version


def _state_choices() -> list[tuple[str, str]]:
    return [(state.value, state.words) for state in State]


class Dispatch(models.Model):
    """One variant, of a letter or a digest, to one target, at one time: the unit of scheduling.

    A mail dispatch targets an audience of one or more lists through a mail account, or those of them who are in a
    segment when it is spread; every other one targets an account.
    `target_key` names the target so that one letter is never queued twice for it. `waits_for` is the link dispatch that
    must be finished first. `variant` is what went out, kept from the moment of release.
    What was approved is `version` of the letter with `approved_override`, as `approved_variant`; that one goes out
    (docs/decisions/approval.md). It is None where the variant could not be made then.
    Without `approved_at` it is not sent, nor sent again: a person has not approved it, or has called it off.
    While it is being deleted at its network, `recall_at` is when to try next, `recall_from` when an editor asked
    for that, and `recall_tries` how often it was tried; `recalled_at` is when it was gone.

    A mail dispatch is spread into batches step by step: `spread_from` is when that began (who signs up later is not
    in), `spread_through` the last subscriber's number so far, `spread_at` when it was complete. `recipients` counts
    those in its batches. With `spread_hours` their turns come evenly over so many hours, `spread_apart` seconds apart.
    With `resend_of` its recipients are those whom that one did not reach: of one `resend_code`, or all (""); with
    `to_nonopeners` those who got that one and have not opened it. `subject` is its own, "" for the letter's.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="dispatches")
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, blank=True, related_name="dispatches")
    digest = models.OneToOneField(Digest, models.PROTECT, null=True, blank=True, related_name="dispatch")
    channel = models.CharField(max_length=32)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="dispatches")
    lists = models.ManyToManyField(MailingList, blank=True, related_name="dispatches")
    # Kept from being removed: without it the mail would go to everyone on the lists.
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="dispatches")
    target_key = models.CharField(max_length=200)
    target = models.CharField(max_length=300, help_text="the target's name, as people see it")
    state = models.CharField(max_length=16, choices=_state_choices)
    reason = models.CharField(max_length=500, blank=True, help_text="why it is where it is, for an editor")
    remedy = models.CharField(max_length=12, blank=True, help_text="what helps: domain.outcomes.Remedy")
    position = models.PositiveSmallIntegerField(default=0, help_text="its place in the share bar")
    due_at = models.DateTimeField()
    at_any_hour = models.BooleanField(default=False, help_text="a person chose its time: no quiet hours for it")
    hold_minutes = models.PositiveIntegerField(default=0, help_text="from approval on")
    hold_until = models.DateTimeField(null=True, blank=True)
    waits_for = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followers")
    resend_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="resendings")
    resend_code = models.CharField(max_length=20, blank=True)
    to_nonopeners = models.BooleanField(default=False, db_default=False)
    subject = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    # None where it was approved before letters had versions.
    version = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="approvals")
    approved_variant = models.JSONField(null=True, blank=True)
    approved_override = models.ForeignKey("Override", models.PROTECT, null=True, blank=True, related_name="+")
    approved_with_page = models.BooleanField(default=False, help_text="the approved variant leads to the letter's page")
    ignored_version = models.PositiveIntegerField(default=0, help_text="the number up to which changes were ignored")
    released_at = models.DateTimeField(null=True, blank=True)
    spread_hours = models.PositiveSmallIntegerField(default=0, help_text="0: as fast as the relay takes it")
    spread_apart = models.FloatField(null=True, blank=True)
    spread_from = models.DateTimeField(null=True, blank=True)
    spread_through = models.BigIntegerField(default=0)
    spread_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    recipients = models.PositiveIntegerField(default=0)
    variant = models.JSONField(null=True, blank=True)
    receipt = models.JSONField(null=True, blank=True)
    recall_from = models.DateTimeField(null=True, blank=True)
    recall_at = models.DateTimeField(null=True, blank=True)
    recall_tries = models.PositiveSmallIntegerField(default=0)
    recalled_at = models.DateTimeField(null=True, blank=True)
    counted = models.BooleanField(default=False, help_text="its batches are in the metrics' totals")

    class Meta:
        verbose_name_plural = "dispatches"
        constraints = [
            models.CheckConstraint(
                condition=Q(letter__isnull=True) ^ Q(digest__isnull=True), name="dispatch_of_letter_or_digest"
            ),
            # The same letter is queued for the same target once, until that dispatch was cancelled or failed, or
            # what it sent was deleted there.
            models.UniqueConstraint(
                fields=["letter", "channel", "target_key"],
                condition=~Q(state__in=VACANT),
                name="dispatch_target_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[State.HELD.value, State.SCHEDULED.value]),
                name="dispatch_due",
            ),
            models.Index(fields=["state"], condition=~Q(state__in=FINISHED), name="dispatch_unfinished"),
            models.Index(fields=["recall_at"], condition=Q(recall_at__isnull=False), name="dispatch_recall"),
            # How many posts of an account are under way, asked at each tick.
            models.Index(fields=["account"], condition=Q(state=State.SENDING.value), name="dispatch_account_sending"),
            # For delivery.metrics.
            models.Index(fields=["released_at"], name="dispatch_released"),
            models.Index(
                fields=["id"], condition=Q(spread_from__isnull=False, counted=False), name="dispatch_uncounted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} → {self.target}"

    @property
    def reference(self) -> str:
        """How sentences name it: the channel's label, the target, and the number by which it is asked for."""
        return f"{registry.label(self.channel)} → {self.target} (dispatch {self.pk})"

    @property
    def title(self) -> str:
        """What it is a variant of, as people call it."""
        return str(self.letter or self.digest)


class Batch(models.Model):
    """Up to 1,000 recipients of one mail dispatch: the unit of sending.

    A worker holds it by a lease (`lease_key`, `lease_until`) that it renews with every group of deliveries it appends.
    `not_before` is set on batches of deferred recipients; `round` counts how often they were tried. `accepted` to
    `cancelled` count its recipients' deliveries, `repeats` the messages that may have arrived twice.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        LEASED = "leased"
        DONE = "done"

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="batches")
    subscribers = ArrayField(models.BigIntegerField())
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    round = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    lease_key = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    takeovers = models.PositiveSmallIntegerField(default=0)
    # Plain integers: a check of each would cost as much as the whole update, at every group of deliveries.
    accepted = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    left = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    repeats = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "batches"
        indexes = [
            models.Index(fields=["dispatch", "id"], condition=~Q(state="done"), name="batch_open"),
        ]


class Delivery(models.Model):
    """What became of one recipient in one dispatch. Only ever inserted, once a recipient."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        LEFT = "left"  # unsubscribed or suppressed between spreading and sending
        FAILED = "failed"  # could not be rendered, or deferred for too long
        CANCELLED = "cancelled"  # the dispatch was cancelled before this recipient's turn

    pk = models.CompositePrimaryKey("dispatch_id", "subscriber_id")
    # Checking this key at each commit, and an index of its own beside the primary key, doubled the cost of appending.
    dispatch = models.ForeignKey(
        Dispatch, models.CASCADE, related_name="deliveries", db_index=False, db_constraint=False
    )
    # No foreign key at all: the ledger outlives an erased subscriber.
    subscriber_id = models.BigIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            # The few that are looked for by their outcome.
            models.Index(
                fields=["dispatch", "outcome", "subscriber_id"],
                condition=Q(outcome__in=["rejected", "left", "failed", "cancelled"]),
                name="delivery_exception",
            ),
            # The few that a later sending is for.
            models.Index(
                fields=["dispatch"], condition=Q(outcome__in=["rejected", "failed"]), name="delivery_unreached"
            ),
        ]


class Attempt(models.Model):
    """One try: of a post (`subscriber_id` empty; written *before* the call) or of a deferred recipient.

    `outcome` is empty while the call is under way. A post's attempt that stays empty past its time is a lost answer.
    `kept` is what it got from the attempt before it (an outcome's `keep`), and once it ended what the next one gets.
    """

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    subscriber_id = models.BigIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    code = models.CharField(max_length=40, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    raw = models.JSONField(default=dict, blank=True, help_text="the network's answer, secrets removed")
    kept = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dispatch", "number"], condition=Q(subscriber_id=None), name="post_attempt_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["dispatch", "subscriber_id"], condition=~Q(subscriber_id=None), name="attempt_of_recipient"
            ),
            # Attempts end in the order of time, so that a few pages of this say where those of the last minutes are.
            BrinIndex(fields=["ended_at"], autosummarize=True, name="attempt_ended"),
        ]

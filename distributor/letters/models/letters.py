"""What is written: publications, series, authors and letters."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import MD5, Upper

from distributor.domain.digests import DigestHour
from distributor.domain.letter_content import LetterContent
from distributor.domain.letters import AuthorView, LetterView, LogoView, PublicationView, SeriesView


class Publication(models.Model):
    """A brand that sends."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    sender_name = models.CharField(max_length=200, blank=True)
    sender_email = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True, help_text="where answers to its mail go; empty: to the sender's address")
    postal_address = models.CharField(max_length=300, blank=True, help_text="shown at the foot of mails, as law asks")
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=35, default="en")
    other_languages = ArrayField(models.CharField(max_length=35), default=list, blank=True)
    share_bar = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    hold_minutes = models.PositiveIntegerField(default=0)
    minutes_between_channels = models.PositiveIntegerField(default=0)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    stops_on_change = models.BooleanField(default=False, help_text="what is approved stops when its source changes")
    four_eyes = models.BooleanField(
        default=False, db_default=False, help_text="nobody approves what they wrote themselves"
    )
    warm_up_from = models.DateField(
        null=True, blank=True, help_text="the first day of a new sending domain, which sends more from day to day"
    )
    digests_from = models.DateTimeField(null=True, blank=True, help_text="when digests were switched on; empty: off")
    digest_hour = models.PositiveSmallIntegerField(default=8, help_text="0 to 23, on the subscriber's clock")
    digest_weekday = models.PositiveSmallIntegerField(default=0, help_text="of the weekly one: 0 is Monday")
    channel_options = models.JSONField(default=dict, blank=True, help_text="{CHANNEL: {SETTING: VALUE}}")
    colour = models.CharField(max_length=7, blank=True, help_text="#rrggbb; empty: the usual colours")
    logo = models.ForeignKey("Logo", models.SET_NULL, null=True, blank=True, related_name="+")
    templates_digest = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="of the templates that it stores; empty: none"
    )
    text_font = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="one of rendering.fonts; empty: ours"
    )
    heading_font = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="one of rendering.fonts; empty: the text's"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def digests_at(self) -> DigestHour:
        """When its digests go out, if they do."""
        return DigestHour(self.digest_hour, self.digest_weekday)

    def view(self, *, site_url: str) -> PublicationView:
        """Return the value object that planning and rendering take; its pages live below `site_url`."""
        return PublicationView(
            slug=self.slug,
            name=self.name,
            site_url=f"{site_url}/{self.slug}",
            sender_name=self.sender_name or self.name,
            sender_email=self.sender_email,
            time_zone=self.time_zone,
            language=self.language,
            postal_address=self.postal_address,
            reply_to=self.reply_to,
            colour=self.colour,
            text_font=self.text_font,
            heading_font=self.heading_font,
            other_languages=tuple(self.other_languages),
            logo=self.logo.view(site_url=f"{site_url}/{self.slug}") if self.logo else None,
        )


class _WithoutContent(models.Manager["Logo"]):
    """Logos whose bytes are read only when they are asked for."""

    def get_queryset(self) -> models.QuerySet[Logo]:
        return super().get_queryset().defer("content")


class Logo(models.Model):
    """One picture that is or was a publication's logo. It stays, since mails in inboxes and cached pages show it.

    `key` is made of its bytes, so its address never shows anything else. `width` and `height` are its own, in pixels.
    """

    SHOWN_WITHIN = (280, 72)  # CSS pixels: as wide as a phone's mail has room for, and no higher than a masthead

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="logos")
    key = models.CharField(max_length=16)
    content = models.BinaryField()
    type = models.CharField(max_length=32)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager["Logo"]()
    without_content = _WithoutContent()

    class Meta:
        base_manager_name = "without_content"  # what `publication.logo` is read by
        constraints = [models.UniqueConstraint(fields=["publication", "key"], name="logo_once")]

    def __str__(self) -> str:
        return f"{self.key} ({self.width} × {self.height})"

    def view(self, *, site_url: str) -> LogoView:
        """Return what pages and mails show; `site_url` is where the publication's pages live."""
        width, height = self.SHOWN_WITHIN
        share = min(width / self.width, height / self.height, 1.0)
        return LogoView(
            url=f"{site_url}/logo-{self.key}.png",
            width=max(round(self.width * share), 1),
            height=max(round(self.height * share), 1),
        )


class Series(models.Model):
    """A named run of letters."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="series")
    slug = models.SlugField(max_length=120, allow_unicode=True)
    title = models.CharField(max_length=300)

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["publication", "slug"], name="series_slug_once")]

    def __str__(self) -> str:
        return self.title


class Author(models.Model):
    """A person with a bio. The slug is given once and stays, whatever becomes of the name: feeds go by it."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="authors")
    slug = models.SlugField(max_length=120, allow_unicode=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    bio = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "name"], name="author_name_once"),
            models.UniqueConstraint(fields=["publication", "slug"], name="author_slug_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def view(self) -> AuthorView:
        return AuthorView(name=self.name, email=self.email, bio=self.bio)


class Letter(models.Model):
    """One article. `source` says where it came from; by its `keys` the same source is the same letter again."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="letters")
    source = models.CharField(max_length=500, blank=True)
    slug = models.SlugField(max_length=120, allow_unicode=True)
    title = models.CharField(max_length=500)
    series = models.ForeignKey(Series, models.SET_NULL, null=True, blank=True, related_name="letters")
    number = models.PositiveIntegerField(null=True, blank=True)
    editor_note = models.TextField(blank=True)
    authors = models.ManyToManyField(Author, through="Byline", related_name="letters")
    section = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=35, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    canonical_url = models.URLField(max_length=500, blank=True)
    image_url = models.CharField(max_length=500, blank=True, help_text="an address, or media:NAME for a stored picture")
    image_alt = models.TextField(blank=True, help_text="what the picture shows, for people who don't see it")
    share_bar = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    summary = models.TextField(blank=True, help_text="what it is about, in the newsroom's own words")
    social = models.JSONField(default=dict, blank=True, help_text="{CHANNEL: the text that its post starts with}")
    tags = ArrayField(models.CharField(max_length=100), default=list, db_default=[], blank=True, help_text="its topics")
    language_inferred = models.BooleanField(default=False, help_text="judged by its text, not named by the source")
    withheld = models.TextField(blank=True, help_text="why its source says that it is not to go out yet")
    left_out = models.JSONField(default=list, blank=True, help_text="domain.letters.LeftOut, what was left out")
    notices = ArrayField(models.TextField(), default=list, blank=True, help_text="what intake had to say of it")
    body_html = models.TextField()
    body_text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "slug"], name="letter_slug_once"),
        ]
        indexes = [
            models.Index(fields=["series", "number"]),
            # By which letters that may be the same are looked for.
            models.Index("publication", Upper("title"), name="letter_title"),
            models.Index("publication", MD5("body_text"), name="letter_text"),
        ]

    def __str__(self) -> str:
        return self.title

    def content(self, bylines: Sequence[Byline] | None = None) -> LetterContent:
        """Return what the letter says now, as a version keeps it; its stored bylines are read unless they are given."""
        if bylines is None:
            bylines = list(self.bylines.select_related("author").order_by("position"))
        return LetterContent(
            title=self.title,
            body_html=self.body_html,
            body_text=self.body_text,
            series=SeriesView(self.series.title, self.number) if self.series else None,
            editor_note=self.editor_note,
            authors=tuple(byline.author.view() for byline in bylines),
            section=self.section,
            language=self.language,
            published_at=self.published_at,
            canonical_url=self.canonical_url,
            image_url=self.image_url,
            image_alt=self.image_alt,
            share_bar=tuple(self.share_bar),
            summary=self.summary,
            social=self.social,
            withheld=self.withheld,
            tags=tuple(self.tags),
        )

    def view(self, *, site_url: str, url: str) -> LetterView:
        """Return the value object that rendering takes, of what the letter says now.

        `url` is where followers are sent to.
        """
        return self.content().view(publication=self.publication.view(site_url=site_url), slug=self.slug, url=url)


class Byline(models.Model):
    """One author of one letter, in the letter's order."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.CASCADE, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "author"], name="byline_once")]

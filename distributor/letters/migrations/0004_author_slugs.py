"""Slugs of authors, and since when a page is as it is."""

from hashlib import sha256
from typing import Any

import django.utils.timezone
from django.db import migrations, models
from django.db.models import F
from django.utils.text import slugify

SLUG_LENGTH = 100  # as letters.actions had it


def give_slugs(apps: Any, _schema_editor: Any) -> None:
    """Give every author a slug, in the order in which they came."""
    Author = apps.get_model("letters", "Author")
    taken: set[tuple[int, str]] = set()
    for author in Author.objects.order_by("pk").iterator():
        wished = slugify(author.name, allow_unicode=True)[:SLUG_LENGTH].strip("-")
        wished = wished or sha256(author.name.encode()).hexdigest()[:12]
        slug, number = wished, 2
        while (author.publication_id, slug) in taken:
            slug, number = f"{wished}-{number}", number + 1
        taken.add((author.publication_id, slug))
        author.slug = slug
        author.save(update_fields=["slug"])


def date_pages(apps: Any, _schema_editor: Any) -> None:
    """A page that is there has been as it is since it was published, as far as anyone knows."""
    apps.get_model("letters", "Page").objects.update(updated_at=F("published_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0003_digests"),
    ]

    operations = [
        migrations.AddField(
            model_name="author",
            name="slug",
            field=models.SlugField(allow_unicode=True, default="", max_length=120),
            preserve_default=False,
        ),
        migrations.RunPython(give_slugs, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="author",
            constraint=models.UniqueConstraint(fields=("publication", "slug"), name="author_slug_once"),
        ),
        migrations.AddField(
            model_name="page",
            name="updated_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.RunPython(date_pages, migrations.RunPython.noop),
    ]

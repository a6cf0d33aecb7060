"""Versions of letters; what there is of each letter becomes its first one."""

from datetime import UTC
from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# Whatever code or hand tries it: what a letter said, and what was approved, stays as it was.
APPEND_ONLY = """
CREATE FUNCTION letters_version_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Versions of letters are append-only: write a new one.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER letters_version_append_only BEFORE UPDATE OR DELETE ON letters_version
    FOR EACH ROW EXECUTE FUNCTION letters_version_append_only();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER letters_version_append_only ON letters_version;
DROP FUNCTION letters_version_append_only();
"""
BATCH = 200
PLAIN = (
    "title", "body_html", "body_text", "editor_note", "section", "language", "canonical_url", "image_url", "image_alt",
    "share_bar", "summary", "social", "withheld",
)


def write_first_versions(apps: Any, _schema_editor: object) -> None:
    version_model = apps.get_model("letters", "Version")
    letters = apps.get_model("letters", "Letter").objects.select_related("series")
    rows = []
    for letter in letters.prefetch_related("bylines__author").iterator(chunk_size=BATCH):
        rows.append(
            version_model(
                letter=letter,
                number=1,
                content=content_of(letter),
                origin=letter.source,
                created_at=letter.updated_at,
            )
        )
        if len(rows) == BATCH:
            version_model.objects.bulk_create(rows)
            rows = []
    version_model.objects.bulk_create(rows)


def content_of(letter: Any) -> dict[str, object]:
    """Return domain.letter_content.LetterContent as JSON, as it was when this was written."""
    bylines = sorted(letter.bylines.all(), key=lambda byline: byline.position)
    return {name: getattr(letter, name) for name in PLAIN} | {
        "series": {"title": letter.series.title, "number": letter.number} if letter.series else None,
        "authors": [
            {"name": byline.author.name, "email": byline.author.email, "bio": byline.author.bio} for byline in bylines
        ],
        "published_at": letter.published_at.astimezone(UTC).isoformat() if letter.published_at else None,
    }


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0002_sources_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('changes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, default=list, size=None)),
                ('actor', models.CharField(blank=True, max_length=150)),
                ('origin', models.CharField(blank=True, max_length=1000)),
                ('created_at', models.DateTimeField()),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='letters.letter')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('letter', 'number'), name='version_number_once')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunPython(write_first_versions, migrations.RunPython.noop),
    ]

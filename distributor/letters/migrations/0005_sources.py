"""Keys of letters in place of one source; what sources said before becomes keys."""

import re
from collections.abc import Iterator
from typing import Any

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from distributor.domain.source_keys import SourceKey, address_keys, feed_name, file_keys, guid_keys, id_keys


def write_keys(apps: Any, _schema_editor: object) -> None:
    """Give each letter the keys that its source tells. What two letters would have is the older one's."""
    letters = apps.get_model("letters", "Letter").objects
    key_model = apps.get_model("letters", "LetterKey")
    for letter in letters.only("publication_id", "source", "canonical_url").order_by("pk").iterator():
        key_model.objects.bulk_create(
            (
                key_model(publication_id=letter.publication_id, letter=letter, kind=key.kind, value=key.value)
                for key in keys_of(letter.source, letter.canonical_url)
            ),
            ignore_conflicts=True,
        )
    # Their names were made of the title: they said nothing of where a letter came from.
    letters.filter(source__startswith="title:").update(source="")


def keys_of(source: str, canonical_url: str) -> Iterator[SourceKey]:
    """Return the keys of a source as it was until now: a URL, `file:`, `slug:`, an entry's id behind its feed's URL."""
    yield from address_keys([canonical_url])
    feed_url, sign, guid = source.partition("#")
    if source.startswith("file:"):
        yield from file_keys(source.removeprefix("file:"))
    elif source.startswith("slug:"):
        yield from id_keys(source.removeprefix("slug:"))
    elif re.match(r"https?://", source, re.IGNORECASE):
        if sign and not canonical_url:
            yield from guid_keys(guid, feed_name(url=feed_url))
        elif not canonical_url:
            yield from address_keys([source])
    elif not source.startswith(("title:", "sha256:")):
        yield from guid_keys(source, feed_name())


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0004_media'),
    ]

    operations = [
        migrations.CreateModel(
            name='LetterKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('value', models.CharField(max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='SourceFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=500)),
                ('connected_at', models.DateTimeField(help_text='when it was read first')),
                ('read_at', models.DateTimeField(help_text='when it was read last')),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='letter',
            name='letter_source_once',
        ),
        migrations.AlterField(
            model_name='letter',
            name='source',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(models.F('publication'), django.db.models.functions.text.Upper('title'), name='letter_title'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(models.F('publication'), django.db.models.functions.text.MD5('body_text'), name='letter_text'),
        ),
        migrations.AddField(
            model_name='letterkey',
            name='letter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='letters.letter'),
        ),
        migrations.AddField(
            model_name='letterkey',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letter_keys', to='letters.publication'),
        ),
        migrations.AddField(
            model_name='sourcefeed',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='source_feeds', to='letters.publication'),
        ),
        migrations.AddConstraint(
            model_name='letterkey',
            constraint=models.UniqueConstraint(fields=('publication', 'kind', 'value'), name='letter_key_once'),
        ),
        migrations.AddConstraint(
            model_name='sourcefeed',
            constraint=models.UniqueConstraint(fields=('publication', 'name'), name='source_feed_once'),
        ),
        migrations.RunPython(write_keys, migrations.RunPython.noop),
    ]

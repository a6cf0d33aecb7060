import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('letters', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Click',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dispatch_id', models.BigIntegerField()),
                ('subscriber_id', models.BigIntegerField()),
                ('link', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['dispatch_id'], name='click_of_dispatch')],
            },
        ),
        migrations.CreateModel(
            name='Open',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dispatch_id', models.BigIntegerField()),
                ('subscriber_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['dispatch_id'], name='open_of_dispatch')],
            },
        ),
        migrations.CreateModel(
            name='ReturnedEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('delivered', 'delivered'), ('delayed', 'delayed'), ('soft bounce', 'soft bounce'), ('hard bounce', 'hard bounce'), ('complaint', 'complaint'), ('unsubscribe', 'unsubscribe'), ('open', 'open'), ('click', 'click')], max_length=16)),
                ('source', models.CharField(max_length=32)),
                ('event_id', models.CharField(max_length=200)),
                ('dispatch_id', models.BigIntegerField(blank=True, null=True)),
                ('subscriber_id', models.BigIntegerField(blank=True, null=True)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('status', models.CharField(blank=True, max_length=16)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('certain', models.BooleanField(default=True)),
                ('at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('raw', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['dispatch_id', 'kind'], name='returned_of_dispatch'), models.Index(fields=['received_at'], name='returned_when'), models.Index(django.db.models.functions.text.Lower('email'), models.F('at'), condition=models.Q(('kind__in', ('soft bounce', 'hard bounce', 'delivered'))), name='returned_score')],
                'constraints': [models.UniqueConstraint(fields=('source', 'event_id'), name='returned_once')],
            },
        ),
        migrations.CreateModel(
            name='Read',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('count', models.PositiveIntegerField(default=0)),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reads', to='letters.letter')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('letter', 'day'), name='read_day_once')],
            },
        ),
        migrations.CreateModel(
            name='ShortClick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('count', models.PositiveIntegerField(default=0)),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clicks', to='letters.shortlink')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('link', 'day'), name='short_click_day_once')],
            },
        ),
    ]

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Author',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(allow_unicode=True, max_length=120)),
                ('name', models.CharField(max_length=200)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('bio', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Logo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=16)),
                ('content', models.BinaryField()),
                ('type', models.CharField(max_length=32)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'base_manager_name': 'without_content',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('without_content', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='Byline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bylines', to='letters.author')),
            ],
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=500)),
                ('slug', models.SlugField(allow_unicode=True, max_length=120)),
                ('title', models.CharField(max_length=500)),
                ('number', models.PositiveIntegerField(blank=True, null=True)),
                ('editor_note', models.TextField(blank=True)),
                ('section', models.CharField(blank=True, max_length=100)),
                ('language', models.CharField(blank=True, max_length=35)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('canonical_url', models.URLField(blank=True, max_length=500)),
                ('image_url', models.URLField(blank=True, max_length=500)),
                ('image_alt', models.TextField(blank=True, help_text="what the picture shows, for people who don't see it")),
                ('share_bar', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, default=list, size=None)),
                ('body_html', models.TextField()),
                ('body_text', models.TextField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('authors', models.ManyToManyField(related_name='letters', through='letters.Byline', to='letters.author')),
            ],
        ),
        migrations.AddField(
            model_name='byline',
            name='letter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bylines', to='letters.letter'),
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('intent', models.UUIDField(help_text='the dispatch that published it', unique=True)),
                ('path', models.CharField(max_length=300, unique=True)),
                ('variant', models.JSONField()),
                ('published_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='page', to='letters.letter')),
            ],
        ),
        migrations.CreateModel(
            name='Ping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('websub', 'Hub'), ('indexnow', 'Index')], max_length=8)),
                ('url', models.CharField(max_length=2000)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, help_text='what stands in the way', max_length=500)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['kind', 'next_at'], name='ping_due')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=200)),
                ('sender_name', models.CharField(blank=True, max_length=200)),
                ('sender_email', models.EmailField(blank=True, max_length=254)),
                ('reply_to', models.EmailField(blank=True, help_text="where answers to its mail go; empty: to the sender's address", max_length=254)),
                ('postal_address', models.CharField(blank=True, help_text='shown at the foot of mails, as law asks', max_length=300)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('language', models.CharField(default='en', max_length=35)),
                ('other_languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=35), blank=True, default=list, size=None)),
                ('share_bar', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, default=list, size=None)),
                ('hold_minutes', models.PositiveIntegerField(default=0)),
                ('minutes_between_channels', models.PositiveIntegerField(default=0)),
                ('quiet_from', models.TimeField(blank=True, null=True)),
                ('quiet_until', models.TimeField(blank=True, null=True)),
                ('warm_up_from', models.DateField(blank=True, help_text='the first day of a new sending domain, which sends more from day to day', null=True)),
                ('digests_from', models.DateTimeField(blank=True, help_text='when digests were switched on; empty: off', null=True)),
                ('digest_hour', models.PositiveSmallIntegerField(default=8, help_text="0 to 23, on the subscriber's clock")),
                ('digest_weekday', models.PositiveSmallIntegerField(default=0, help_text='of the weekly one: 0 is Monday')),
                ('channel_options', models.JSONField(blank=True, default=dict, help_text='{CHANNEL: {SETTING: VALUE}}')),
                ('colour', models.CharField(blank=True, help_text='#rrggbb; empty: the usual colours', max_length=7)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('logo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='letters.logo')),
            ],
        ),
        migrations.AddField(
            model_name='logo',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='logos', to='letters.publication'),
        ),
        migrations.AddField(
            model_name='letter',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='letters.publication'),
        ),
        migrations.AddField(
            model_name='author',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='authors', to='letters.publication'),
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(allow_unicode=True, max_length=120)),
                ('title', models.CharField(max_length=300)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='series', to='letters.publication')),
            ],
            options={
                'verbose_name_plural': 'series',
            },
        ),
        migrations.AddField(
            model_name='letter',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='letters', to='letters.series'),
        ),
        migrations.CreateModel(
            name='ShortLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=7, unique=True)),
                ('channel', models.CharField(max_length=32)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='short_links', to='letters.letter')),
            ],
        ),
        migrations.CreateModel(
            name='TakenDown',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField(help_text='when it first was there')),
                ('at', models.DateTimeField()),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='taken_down', to='letters.letter')),
            ],
            options={
                'verbose_name_plural': 'taken down',
            },
        ),
        migrations.AddConstraint(
            model_name='byline',
            constraint=models.UniqueConstraint(fields=('letter', 'author'), name='byline_once'),
        ),
        migrations.AddConstraint(
            model_name='logo',
            constraint=models.UniqueConstraint(fields=('publication', 'key'), name='logo_once'),
        ),
        migrations.AddConstraint(
            model_name='author',
            constraint=models.UniqueConstraint(fields=('publication', 'name'), name='author_name_once'),
        ),
        migrations.AddConstraint(
            model_name='author',
            constraint=models.UniqueConstraint(fields=('publication', 'slug'), name='author_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.UniqueConstraint(fields=('publication', 'slug'), name='series_slug_once'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['series', 'number'], name='letters_let_series__ae4761_idx'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(fields=('publication', 'source'), name='letter_source_once'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(fields=('publication', 'slug'), name='letter_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='shortlink',
            constraint=models.UniqueConstraint(fields=('letter', 'channel'), name='short_link_once'),
        ),
    ]

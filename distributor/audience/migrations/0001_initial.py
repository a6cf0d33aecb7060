import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('letters', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('language', models.CharField(blank=True, max_length=35)),
                ('time_zone', models.CharField(blank=True, max_length=64)),
                ('attributes', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_slug', models.SlugField()),
                ('name', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('reading', 'Reading'), ('done', 'Done')], default='reading', max_length=16)),
                ('row', models.PositiveIntegerField(default=1)),
                ('staged', models.PositiveIntegerField(default=0)),
                ('added', models.PositiveIntegerField(default=0)),
                ('updated', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('kept_out', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='MailingList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField()),
                ('name', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField()),
                ('name', models.CharField(max_length=200)),
                ('rule', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('active', 'Active'), ('left', 'Left')], default='active', max_length=16)),
                ('cadence', models.CharField(choices=[('each letter', 'Each Letter'), ('daily', 'Daily'), ('weekly', 'Weekly')], db_default='each letter', default='each letter', max_length=16)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now)),
                ('digested_through', models.DateTimeField(blank=True, null=True)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('left_how', models.CharField(blank=True, max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(blank=True, max_length=254, null=True)),
                ('digest', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                ('reason', models.CharField(choices=[('hard bounce', 'Hard Bounce'), ('complaint', 'Complaint'), ('manual', 'Manual'), ('erased', 'Erased')], max_length=20)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('subscriber', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='engagement', serialize=False, to='audience.subscriber')),
                ('last_open_at', models.DateTimeField(blank=True, null=True)),
                ('last_click_at', models.DateTimeField(blank=True, null=True)),
                ('opens', models.PositiveIntegerField(db_default=0, default=0)),
                ('clicks', models.PositiveIntegerField(db_default=0, default=0)),
            ],
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='subscriber_email_once'),
        ),
        migrations.AddField(
            model_name='import',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='letters.publication'),
        ),
        migrations.AddField(
            model_name='mailinglist',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lists', to='letters.publication'),
        ),
        migrations.AddField(
            model_name='segment',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='segments', to='letters.publication'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='list',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='audience.mailinglist'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='audience.subscriber'),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='suppression_email_once'),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.CheckConstraint(condition=models.Q(('email__isnull', True), ('digest__isnull', True), _connector='XOR'), name='suppression_email_or_digest'),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'reading')), fields=('digest',), name='import_digest_read_once'),
        ),
        migrations.AddConstraint(
            model_name='mailinglist',
            constraint=models.UniqueConstraint(fields=('publication', 'slug'), name='list_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='segment',
            constraint=models.UniqueConstraint(fields=('publication', 'slug'), name='segment_slug_once'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['list', 'state'], name='audience_su_list_id_8706dc_idx'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(condition=models.Q(('state', 'active'), models.Q(('cadence', 'each letter'), _negated=True)), fields=['list', 'cadence', 'subscriber'], name='subscription_digest'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(fields=('list', 'subscriber'), name='subscription_once'),
        ),
    ]

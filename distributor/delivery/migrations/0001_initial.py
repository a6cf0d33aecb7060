import distributor.delivery.models.dispatch
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.db import migrations, models


# A batch's row changes with every group of deliveries: room beside it keeps those changes off the indexes (HOT), and
# its thousand numbers stay where they are when they are not kept in the row itself.
ROOM = """
ALTER TABLE delivery_batch SET (fillfactor = 30);
ALTER TABLE delivery_batch ALTER COLUMN subscribers SET STORAGE EXTERNAL;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audience', '0001_initial'),
        ('letters', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MetricProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('through', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=32)),
                ('name', models.CharField(max_length=200)),
                ('sealed', models.BinaryField(default=bytes)),
                ('practice', models.BooleanField(default=False)),
                ('needs_reconnect', models.CharField(blank=True, max_length=500)),
                ('connected_at', models.DateTimeField(auto_now_add=True)),
                ('remote_id', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(blank=True, max_length=40)),
                ('url', models.CharField(blank=True, max_length=500)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('renew_at', models.DateTimeField(blank=True, null=True)),
                ('renewed_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('rests_until', models.DateTimeField(blank=True, null=True)),
                ('rests_because', models.CharField(blank=True, max_length=500)),
                ('allowance', models.IntegerField(blank=True, null=True)),
                ('allowance_until', models.DateTimeField(blank=True, null=True)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='accounts', to='letters.publication')),
            ],
        ),
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cadence', models.CharField(choices=[('daily', 'daily'), ('weekly', 'weekly')], max_length=8)),
                ('zone', models.CharField(max_length=64)),
                ('day', models.DateField()),
                ('cutoff', models.DateTimeField()),
                ('letters', models.JSONField(default=list)),
                ('top', models.JSONField(default=list)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='digests', to='letters.publication')),
            ],
        ),
        migrations.CreateModel(
            name='Dispatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('channel', models.CharField(max_length=32)),
                ('target_key', models.CharField(max_length=200)),
                ('target', models.CharField(help_text="the target's name, as people see it", max_length=300)),
                ('state', models.CharField(choices=distributor.delivery.models.dispatch._state_choices, max_length=16)),
                ('reason', models.CharField(blank=True, help_text='why it is where it is, for an editor', max_length=500)),
                ('remedy', models.CharField(blank=True, help_text='what helps: domain.outcomes.Remedy', max_length=12)),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='its place in the share bar')),
                ('due_at', models.DateTimeField()),
                ('at_any_hour', models.BooleanField(default=False, help_text='a person chose its time: no quiet hours for it')),
                ('hold_minutes', models.PositiveIntegerField(default=0, help_text='from approval on')),
                ('hold_until', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('spread_hours', models.PositiveSmallIntegerField(default=0, help_text='0: as fast as the relay takes it')),
                ('spread_apart', models.FloatField(blank=True, null=True)),
                ('spread_from', models.DateTimeField(blank=True, null=True)),
                ('spread_through', models.BigIntegerField(default=0)),
                ('spread_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('recipients', models.PositiveIntegerField(default=0)),
                ('variant', models.JSONField(blank=True, null=True)),
                ('receipt', models.JSONField(blank=True, null=True)),
                ('recall_from', models.DateTimeField(blank=True, null=True)),
                ('recall_at', models.DateTimeField(blank=True, null=True)),
                ('recall_tries', models.PositiveSmallIntegerField(default=0)),
                ('recalled_at', models.DateTimeField(blank=True, null=True)),
                ('counted', models.BooleanField(default=False, help_text="its batches are in the metrics' totals")),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='delivery.account')),
                ('digest', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispatch', to='delivery.digest')),
                ('letter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='letters.letter')),
                ('lists', models.ManyToManyField(blank=True, related_name='dispatches', to='audience.mailinglist')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='letters.publication')),
                ('segment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='audience.segment')),
                ('waits_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='followers', to='delivery.dispatch')),
            ],
            options={
                'verbose_name_plural': 'dispatches',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('pk', models.CompositePrimaryKey('dispatch_id', 'subscriber_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('subscriber_id', models.BigIntegerField()),
                ('outcome', models.CharField(choices=[('accepted', 'Accepted'), ('rejected', 'Rejected'), ('left', 'Left'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], max_length=10)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('dispatch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='delivery.dispatch')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subscribers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('leased', 'Leased'), ('done', 'Done')], default='waiting', max_length=8)),
                ('round', models.PositiveSmallIntegerField(default=0)),
                ('not_before', models.DateTimeField(blank=True, null=True)),
                ('first_tried_at', models.DateTimeField(blank=True, null=True)),
                ('lease_key', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('takeovers', models.PositiveSmallIntegerField(default=0)),
                ('accepted', models.IntegerField(default=0)),
                ('rejected', models.IntegerField(default=0)),
                ('left', models.IntegerField(default=0)),
                ('failed', models.IntegerField(default=0)),
                ('cancelled', models.IntegerField(default=0)),
                ('repeats', models.IntegerField(default=0)),
                ('dispatch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='delivery.dispatch')),
            ],
            options={
                'verbose_name_plural': 'batches',
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('subscriber_id', models.BigIntegerField(blank=True, null=True)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, max_length=12)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('retry_at', models.DateTimeField(blank=True, null=True)),
                ('raw', models.JSONField(blank=True, default=dict, help_text="the network's answer, secrets removed")),
                ('kept', models.JSONField(blank=True, default=dict)),
                ('dispatch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='delivery.dispatch')),
            ],
        ),
        migrations.CreateModel(
            name='MetricTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(max_length=64)),
                ('labels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None)),
                ('value', models.FloatField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('metric', 'labels'), name='metric_total_once')],
            },
        ),
        migrations.CreateModel(
            name='NetworkApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=32)),
                ('practice', models.BooleanField(default=False)),
                ('sealed', models.BinaryField(default=bytes)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'practice'), name='network_app_once')],
            },
        ),
        migrations.CreateModel(
            name='PendingConnection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=64, unique=True)),
                ('channel', models.CharField(max_length=32)),
                ('practice', models.BooleanField(default=False)),
                ('sealed', models.BinaryField(default=bytes)),
                ('returned', models.BooleanField(default=False)),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delivery.account')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='letters.publication')),
            ],
        ),
        migrations.CreateModel(
            name='RateBudgetUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('calls', models.PositiveIntegerField(default=1)),
                ('used', models.BooleanField(default=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='budget_uses', to='delivery.account')),
                ('dispatch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='budget_uses', to='delivery.dispatch')),
            ],
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=253)),
                ('selector', models.CharField(max_length=63)),
                ('algorithm', models.CharField(choices=[('rsa', 'RSA'), ('ed25519', 'Ed25519')], max_length=16)),
                ('sealed', models.BinaryField()),
                ('active', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('domain', 'selector'), name='signing_selector_once'), models.UniqueConstraint(condition=models.Q(('active', True)), fields=('domain', 'algorithm'), name='signing_one_active_key')],
            },
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(condition=models.Q(('renew_at__isnull', False)), fields=['renew_at'], name='account_renewal'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('publication', 'channel', 'name'), name='account_name_once'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(condition=models.Q(('remote_id', ''), _negated=True), fields=('publication', 'channel', 'remote_id', 'practice'), name='account_identity_once'),
        ),
        migrations.AddConstraint(
            model_name='digest',
            constraint=models.UniqueConstraint(fields=('publication', 'cadence', 'zone', 'day'), name='digest_once_a_day'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(condition=models.Q(('state__in', ['held', 'scheduled'])), fields=['due_at'], name='dispatch_due'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(condition=models.Q(('state__in', ('sent', 'partly', 'failed', 'cancelled', 'recalled')), _negated=True), fields=['state'], name='dispatch_unfinished'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(condition=models.Q(('recall_at__isnull', False)), fields=['recall_at'], name='dispatch_recall'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['account'], name='dispatch_account_sending'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(fields=['released_at'], name='dispatch_released'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(condition=models.Q(('counted', False), ('spread_from__isnull', False)), fields=['id'], name='dispatch_uncounted'),
        ),
        migrations.AddConstraint(
            model_name='dispatch',
            constraint=models.CheckConstraint(condition=models.Q(('letter__isnull', True), ('digest__isnull', True), _connector='XOR'), name='dispatch_of_letter_or_digest'),
        ),
        migrations.AddConstraint(
            model_name='dispatch',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('cancelled', 'failed', 'recalled')), _negated=True), fields=('letter', 'channel', 'target_key'), name='dispatch_target_once'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('state', 'done'), _negated=True), fields=['dispatch', 'id'], name='batch_open'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('subscriber_id', None), _negated=True), fields=['dispatch', 'subscriber_id'], name='attempt_of_recipient'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['ended_at'], name='attempt_ended'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('subscriber_id', None)), fields=('dispatch', 'number'), name='post_attempt_once'),
        ),
        migrations.AddIndex(
            model_name='ratebudgetuse',
            index=models.Index(fields=['account', '-at'], name='budget_use_of_account'),
        ),
        migrations.AddConstraint(
            model_name='ratebudgetuse',
            constraint=models.UniqueConstraint(condition=models.Q(('used', False)), fields=('dispatch',), name='budget_use_promised_once'),
        ),
        migrations.RunSQL(ROOM, "ALTER TABLE delivery_batch RESET (fillfactor)"),
    ]

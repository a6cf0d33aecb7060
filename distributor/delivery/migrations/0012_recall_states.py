from django.db import migrations, models

# What an editor took back, or wanted to, was kept in columns beside the state "sent".
FORWARDS = """
UPDATE delivery_dispatch SET state = 'recalled', recall_at = NULL WHERE state = 'sent' AND recalled_at IS NOT NULL;
UPDATE delivery_dispatch SET state = 'recalling', recall_from = now() WHERE state = 'sent' AND recall_at IS NOT NULL;
"""
BACKWARDS = "UPDATE delivery_dispatch SET state = 'sent' WHERE state IN ('recalling', 'recalled')"


class Migration(migrations.Migration):

    dependencies = [
        ('audience', '0006_subscriptions_in_order'),
        ('delivery', '0011_names'),
        ('letters', '0007_publication_settings'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='dispatch',
            name='dispatch_target_once',
        ),
        migrations.RemoveIndex(
            model_name='dispatch',
            name='dispatch_unfinished',
        ),
        migrations.AddField(
            model_name='dispatch',
            name='recall_from',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='dispatch',
            name='recall_tries',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(condition=models.Q(('state__in', ('sent', 'partly', 'failed', 'cancelled', 'recalled')), _negated=True), fields=['state'], name='dispatch_unfinished'),
        ),
        migrations.AddConstraint(
            model_name='dispatch',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('cancelled', 'failed', 'recalled')), _negated=True), fields=('letter', 'channel', 'target_key'), name='dispatch_target_once'),
        ),
    ]

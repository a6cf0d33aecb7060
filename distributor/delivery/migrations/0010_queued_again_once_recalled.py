from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audience', '0006_subscriptions_in_order'),
        ('delivery', '0009_attempt_kept'),
        ('letters', '0006_image_alt'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='dispatch',
            name='dispatch_target_once',
        ),
        migrations.AddConstraint(
            model_name='dispatch',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state__in', ['cancelled', 'failed']), _negated=True), ('recalled_at', None)), fields=('letter', 'channel', 'target_key'), name='dispatch_target_once'),
        ),
    ]

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # the ledger may have hundreds of millions of rows: nothing waits while its index is built

    dependencies = [
        ('delivery', '0007_resend_unopened'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='delivery',
            index=models.Index(condition=models.Q(('outcome__in', ['rejected', 'left', 'failed', 'cancelled'])), fields=['dispatch', 'outcome', 'subscriber_id'], name='delivery_exception'),
        ),
    ]

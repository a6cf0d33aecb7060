from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0008_social_accounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='attempt',
            name='kept',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]

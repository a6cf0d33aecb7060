from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='address',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='after',
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='before',
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0008_autosaves'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='four_eyes',
            field=models.BooleanField(db_default=False, default=False, help_text='nobody approves what they wrote themselves'),
        ),
    ]

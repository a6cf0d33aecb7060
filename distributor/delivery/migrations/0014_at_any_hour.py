from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0013_operation'),
    ]

    operations = [
        migrations.AddField(
            model_name='dispatch',
            name='at_any_hour',
            field=models.BooleanField(default=False, help_text='a person chose its time: no quiet hours for it'),
        ),
    ]

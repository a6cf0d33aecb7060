from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("delivery", "0010_queued_again_once_recalled")]

    operations = [
        migrations.RenameModel("Turn", "RateBudgetUse"),
        migrations.RenameModel("Connection", "PendingConnection"),
    ]

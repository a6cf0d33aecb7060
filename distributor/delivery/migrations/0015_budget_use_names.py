"""Names the index, the constraint and the relations of budget uses as the model is named."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0014_at_any_hour")]

    operations = [
        migrations.RenameIndex(
            model_name="ratebudgetuse", new_name="budget_use_of_account", old_name="turn_of_account"
        ),
        migrations.RemoveConstraint(model_name="ratebudgetuse", name="turn_promised_once"),
        migrations.AddConstraint(
            model_name="ratebudgetuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("used", False)), fields=("dispatch",), name="budget_use_promised_once"
            ),
        ),
        migrations.AlterField(
            model_name="ratebudgetuse",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="budget_uses", to="delivery.account"
            ),
        ),
        migrations.AlterField(
            model_name="ratebudgetuse",
            name="dispatch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="budget_uses", to="delivery.dispatch"
            ),
        ),
    ]

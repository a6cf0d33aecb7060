from typing import Any

from django.db import migrations, models
import django.db.models.deletion
import django.utils.timezone


def hold(apps: Any, schema_editor: Any) -> None:
    """Let each post that was sent belong to the dispatch that had it first."""
    Dispatch = apps.get_model("delivery", "Dispatch")
    RemotePost = apps.get_model("delivery", "RemotePost")
    holders: dict[tuple[str, str, str], int] = {}
    sent = Dispatch.objects.filter(receipt__isnull=False, recipients=0).select_related("account")
    for dispatch in sent.order_by("released_at", "pk").iterator():
        receipt = dispatch.receipt
        raw = receipt.get("raw") or {}
        posts = [post.get("uri") for post in raw.get("posts") or () if isinstance(post, dict)]
        ids = [str(post_id) for post_id in raw.get("ids") or posts or [receipt.get("remote_id")] if post_id]
        account = dispatch.account
        realm = "" if account is None else account.remote_id or f"account {account.pk}"
        holder = next((holders[key] for key in ((dispatch.channel, realm, i) for i in ids) if key in holders), None)
        if holder is not None:
            # It was taken for this one's by its words: this one can't be deleted by it.
            receipt["raw"] = {**raw, "foreign_id": receipt.get("remote_id")}
            receipt["remote_id"] = ""
            dispatch.receipt = receipt
            dispatch.reason = f"The post that was taken for it is that of dispatch {holder}: look there for its own."
            dispatch.remedy = "look"
            dispatch.save(update_fields=["receipt", "reason", "remedy"])
            continue
        for post_id in dict.fromkeys(ids):
            holders[dispatch.channel, realm, post_id] = dispatch.pk
            RemotePost.objects.create(
                dispatch=dispatch,
                channel=dispatch.channel,
                realm=realm,
                remote_id=post_id,
                created_at=dispatch.finished_at or dispatch.created_at,
            )


class Migration(migrations.Migration):

    dependencies = [
        ("delivery", "0003_epoch"),
    ]

    operations = [
        migrations.CreateModel(
            name="RemotePost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=32)),
                ("realm", models.CharField(max_length=220)),
                ("remote_id", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "dispatch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="remote_posts", to="delivery.dispatch"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["channel", "created_at"], name="remote_post_recent")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "realm", "remote_id"), name="remote_post_of_one_dispatch"
                    )
                ],
            },
        ),
        migrations.RunPython(hold, migrations.RunPython.noop),
    ]

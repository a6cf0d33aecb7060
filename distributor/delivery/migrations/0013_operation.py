import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0012_recall_states'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MetricProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('through', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MetricTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(max_length=64)),
                ('labels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None)),
                ('value', models.FloatField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='dispatch',
            name='counted',
            field=models.BooleanField(default=False, help_text="its batches are in the metrics' totals"),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['ended_at'], name='attempt_ended'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(fields=['released_at'], name='dispatch_released'),
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(condition=models.Q(('counted', False), ('spread_from__isnull', False)), fields=['id'], name='dispatch_uncounted'),
        ),
        migrations.AddConstraint(
            model_name='metrictotal',
            constraint=models.UniqueConstraint(fields=('metric', 'labels'), name='metric_total_once'),
        ),
    ]

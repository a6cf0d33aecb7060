"""Templates that publications keep of their own, and their fonts."""

import django.db.models.deletion
from django.db import migrations, models

# Whatever code or hand tries it: what a template said stays as it was.
APPEND_ONLY = """
CREATE FUNCTION letters_templateversion_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Versions of templates are append-only: write a new one.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER letters_templateversion_append_only BEFORE UPDATE OR DELETE ON letters_templateversion
    FOR EACH ROW EXECUTE FUNCTION letters_templateversion_append_only();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER letters_templateversion_append_only ON letters_templateversion;
DROP FUNCTION letters_templateversion_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0009_four_eyes'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='heading_font',
            field=models.CharField(blank=True, db_default='', default='', help_text="one of rendering.fonts; empty: the text's", max_length=20),
        ),
        migrations.AddField(
            model_name='publication',
            name='templates_digest',
            field=models.CharField(blank=True, db_default='', default='', help_text='of the templates that it stores; empty: none', max_length=64),
        ),
        migrations.AddField(
            model_name='publication',
            name='text_font',
            field=models.CharField(blank=True, db_default='', default='', help_text='one of rendering.fonts; empty: ours', max_length=20),
        ),
        migrations.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('number', models.PositiveIntegerField()),
                ('source', models.TextField(null=True)),
                ('actor', models.CharField(blank=True, max_length=150)),
                ('origin', models.CharField(blank=True, max_length=1000)),
                ('created_at', models.DateTimeField()),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='template_versions', to='letters.publication')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('publication', 'name', 'number'), name='template_version_number_once')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
    ]

"""File names and paths that stay in the folder of their session."""

import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0003_starting_rows"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("data", "0004_alf_vocabulary"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="dataset",
            name="dataset_collection_is_alf",
        ),
        migrations.RemoveConstraint(
            model_name="filerecord",
            name="filerecord_path_is_alf",
        ),
        migrations.AlterField(
            model_name="dataset",
            name="collection",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Such as alf/probe00",
                max_length=255,
                null=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(?!/)(?!.*\\.\\.)[\\w./-]*$",
                        "Collections must only contain letters, numbers, hyphens, underscores and forward slashes, and lead nowhere else.",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="dataset",
            name="name",
            field=models.CharField(
                blank=True,
                help_text="Of the file",
                max_length=255,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(\\w[\\w.+-]*)?$",
                        "File names must only contain letters, numbers, '_', '-', '.' and '+', and no folders.",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="filerecord",
            name="relative_path",
            field=models.CharField(
                help_text="subject/date/number/collection/name, without uuid",
                max_length=1000,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(?!/)(?!.*\\.\\.)[\\w./#+-]+$",
                        "Paths must only contain letters, numbers, '_', '-', '.', '+', '/' and '#', and lead nowhere else.",
                    )
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__regex", "^(\\w[\\w.+-]*)?$")),
                name="dataset_name_has_no_folders",
                violation_error_message="File names must only contain letters, numbers, '_', '-', '.' and '+', and no folders.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.CheckConstraint(
                condition=models.Q(("collection__regex", "^(?!/)(?!.*\\.\\.)[\\w./-]*$")),
                name="dataset_collection_is_alf",
                violation_error_message="Collections must only contain letters, numbers, hyphens, underscores and forward slashes, and lead nowhere else.",
            ),
        ),
        migrations.AddConstraint(
            model_name="filerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("relative_path__regex", "^(?!/)(?!.*\\.\\.)[\\w./#+-]+$")),
                name="filerecord_path_is_alf",
                violation_error_message="Paths must only contain letters, numbers, '_', '-', '.', '+', '/' and '#', and lead nowhere else.",
            ),
        ),
    ]

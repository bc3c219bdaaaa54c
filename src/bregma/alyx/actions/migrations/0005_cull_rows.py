from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bregma.alyx.actions.starting_rows import CULL_METHODS, CULL_REASONS


def insert_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, rows in {"CullReason": CULL_REASONS, "CullMethod": CULL_METHODS}.items():
        model = apps.get_model("actions", name)
        model.objects.bulk_create(model(id=key, name=label) for key, label in rows)


class Migration(migrations.Migration):
    dependencies = [("actions", "0004_colony")]

    operations = [migrations.RunPython(insert_rows, migrations.RunPython.noop)]

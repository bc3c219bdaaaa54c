from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bregma.alyx.subjects.starting_rows import SOURCES


def insert_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    model = apps.get_model("subjects", "Source")
    model.objects.bulk_create(model(id=key, name=name) for key, name in SOURCES)


class Migration(migrations.Migration):
    dependencies = [("subjects", "0003_colony")]

    operations = [migrations.RunPython(insert_rows, migrations.RunPython.noop)]

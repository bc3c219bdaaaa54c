from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bregma.alyx.data.starting_rows import EVERYDAY_TYPES


def insert_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    model = apps.get_model("data", "DatasetType")
    known = {name.lower() for name in model.objects.values_list("name", flat=True)}
    model.objects.bulk_create(model(id=key, name=name) for key, name in EVERYDAY_TYPES if name.lower() not in known)


class Migration(migrations.Migration):
    dependencies = [("data", "0003_starting_rows")]

    operations = [migrations.RunPython(insert_rows, migrations.RunPython.noop)]

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bregma.alyx.experiments.starting_rows import PROBE_MODELS


def insert_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    model = apps.get_model("experiments", "ProbeModel")
    model.objects.bulk_create(
        model(id=key, name=name, probe_manufacturer=maker, probe_model=label)
        for key, name, maker, label in PROBE_MODELS
    )


class Migration(migrations.Migration):
    dependencies = [("experiments", "0001_initial")]

    operations = [migrations.RunPython(insert_rows, migrations.RunPython.noop)]

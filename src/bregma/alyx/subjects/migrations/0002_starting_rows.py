from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bregma.alyx.subjects.starting_rows import SPECIES


def insert_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    species = apps.get_model("subjects", "Species")
    species.objects.bulk_create(species(id=key, name=name, nickname=nickname) for key, name, nickname in SPECIES)


class Migration(migrations.Migration):
    dependencies = [("subjects", "0001_initial")]

    operations = [migrations.RunPython(insert_rows, migrations.RunPython.noop)]

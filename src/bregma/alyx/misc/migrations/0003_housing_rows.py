from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bregma.alyx.misc.starting_rows import CAGE_TYPES, ENRICHMENTS, FOODS


def insert_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, rows in {"CageType": CAGE_TYPES, "Enrichment": ENRICHMENTS, "Food": FOODS}.items():
        model = apps.get_model("misc", name)
        model.objects.bulk_create(model(id=key, name=label) for key, label in rows)


class Migration(migrations.Migration):
    dependencies = [("misc", "0002_colony")]

    operations = [migrations.RunPython(insert_rows, migrations.RunPython.noop)]

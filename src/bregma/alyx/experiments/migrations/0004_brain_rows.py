from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bregma.alyx.experiments.starting_rows import COORDINATE_SYSTEMS, IMAGING_TYPES, brain_regions


def insert_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    imaging = apps.get_model("experiments", "ImagingType")
    imaging.objects.bulk_create(imaging(id=key, name=name) for key, name in IMAGING_TYPES)
    system = apps.get_model("experiments", "CoordinateSystem")
    system.objects.bulk_create(system(id=key, name=name, description=words) for key, name, words in COORDINATE_SYSTEMS)
    region = apps.get_model("experiments", "BrainRegion")
    region.objects.bulk_create(region(**columns) for columns in brain_regions())


class Migration(migrations.Migration):
    dependencies = [("experiments", "0003_colony")]

    operations = [migrations.RunPython(insert_rows, migrations.RunPython.noop)]

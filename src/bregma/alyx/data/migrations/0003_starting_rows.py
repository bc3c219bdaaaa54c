from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bregma.alyx.data.starting_rows import DATA_FORMATS, DATASET_TYPES, REPOSITORY_TYPES


def insert_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    repository_type = apps.get_model("data", "DataRepositoryType")
    repository_type.objects.bulk_create(repository_type(id=key, name=name) for key, name in REPOSITORY_TYPES)
    columns = ("id", "name", "file_extension", "matlab_loader_function", "python_loader_function")
    data_format = apps.get_model("data", "DataFormat")
    data_format.objects.bulk_create(data_format(**dict(zip(columns, row, strict=True))) for row in DATA_FORMATS)
    dataset_type = apps.get_model("data", "DatasetType")
    dataset_type.objects.bulk_create(
        dataset_type(id=key, name=name, filename_pattern=pattern and pattern.lower())
        for key, name, pattern in DATASET_TYPES
    )


class Migration(migrations.Migration):
    dependencies = [("data", "0002_initial")]

    operations = [migrations.RunPython(insert_rows, migrations.RunPython.noop)]

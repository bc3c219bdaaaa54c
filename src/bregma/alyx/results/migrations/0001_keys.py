"""Make the keys and inputs of the analyses, and the triggers that keep them."""

from django.db import migrations

from bregma.pipelines.keys import INSTALL_SQL, UNINSTALL_SQL


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("actions", "0002_initial"),
        ("data", "0002_initial"),
        ("experiments", "0001_initial"),
    ]
    operations = [migrations.RunSQL(INSTALL_SQL, UNINSTALL_SQL)]

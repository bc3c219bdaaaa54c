"""Let sessions have events without choices, and bring the results that are there up to date."""

from django.db import migrations

from bregma.pipelines.keys import INSTALL_SQL
from bregma.pipelines.upgrades import UPGRADE_SQL


class Migration(migrations.Migration):
    dependencies = [("results", "0001_keys")]
    operations = [migrations.RunSQL(INSTALL_SQL + UPGRADE_SQL, migrations.RunSQL.noop)]

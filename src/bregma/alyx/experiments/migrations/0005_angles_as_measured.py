from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("experiments", "0004_brain_rows")]

    operations = [
        migrations.RemoveConstraint("trajectoryestimate", "trajectory_theta_in_range"),
        migrations.RemoveConstraint("trajectoryestimate", "trajectory_phi_in_range"),
        migrations.RemoveConstraint("trajectoryestimate", "trajectory_roll_in_range"),
    ]

"""The web application, for gunicorn: ``gunicorn bregma.alyx.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bregma.alyx.settings")
application = get_wsgi_application()

"""The web application, for gunicorn: ``gunicorn bregma.alyx.wsgi``."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bregma.alyx.settings")
application = get_wsgi_application()
import_module("bregma.alyx.urls")  # with all pages, now: else whoever asks first waits for it

"""The web, as gunicorn loads it: once, before its processes part."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
_ = get_resolver().url_patterns  # every view, which the first request would load otherwise

# What is loaded stays for good. The collector need not look through it again and again, a tenth of a
# second each time; and left alone it stays one copy for all processes.
gc.collect()
gc.freeze()

#!/bin/sh
# The web of the container: refuses to start as a database role that could see past the policies.
set -eu
python manage.py check --database default
exec gunicorn config.wsgi --bind 0.0.0.0:8000 --preload --no-control-socket \
    --workers "${WEB_PROCESSES:-3}" --threads "${WEB_THREADS:-4}" \
    --worker-tmp-dir /dev/shm --access-logfile -

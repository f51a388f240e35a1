#!/bin/sh
# The web of the container: refuses to start as a database role that could see past the policies.
set -eu
# Each process adds its own figures here; /metrics gives their sum.
export PROMETHEUS_MULTIPROC_DIR=/dev/shm/anfu-metrics
rm -rf "$PROMETHEUS_MULTIPROC_DIR"
mkdir "$PROMETHEUS_MULTIPROC_DIR"
python manage.py check --database default
exec gunicorn config.wsgi --bind 0.0.0.0:8000 --preload --no-control-socket \
    --workers "${WEB_PROCESSES:-3}" --threads "${WEB_THREADS:-4}" \
    --worker-tmp-dir /dev/shm

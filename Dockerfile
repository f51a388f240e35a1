# syntax=docker/dockerfile:1
# `app` is the image of web, worker, beat and the one-shot `prepare`; docker-compose.yml says which
# is which. `proxy` ends TLS in front of it.

FROM node:24-trixie-slim AS browser
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-fund --no-audit --ignore-scripts

FROM python:3.11-slim-trixie AS python
COPY --from=ghcr.io/astral-sh/uv:0.13 /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
# The packages first: they change less often than our code.
COPY pyproject.toml uv.lock .python-version ./
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev --no-install-project
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev

# Caddy as an account of its own; the volumes that are mounted here take over the owner.
FROM caddy:2 AS proxy
COPY deploy/Caddyfile /etc/caddy/Caddyfile
RUN mkdir -p /data/caddy /config/caddy && chown -R 10001:10001 /data /config
USER 10001:10001

FROM python:3.11-slim-trixie AS app
# Pango and HarfBuzz draw the papers; curl is for the health check.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        curl libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home anfu
WORKDIR /app
COPY --from=python /app /app
COPY --from=browser /app/node_modules /app/node_modules
ENV PATH=/app/.venv/bin:$PATH PYTHONPATH=/app:/app/platform PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings VAR_DIR=/app/var
# Nothing of these addresses is reached, and the key signs nothing: they only let settings load.
RUN SECRET_KEY=collectstatic DATABASE_URL=postgres://none/none \
    DATABASE_OWNER_URL=postgres://none/none REDIS_URL=redis://none \
    python -m django collectstatic --noinput --verbosity 0 \
    && mkdir -p /app/var/run /app/var/keys \
    && chown -R anfu:anfu /app/var
USER anfu
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD curl --silent --fail --output /dev/null --header "Host: localhost" \
        http://127.0.0.1:8000/healthz
CMD ["sh", "deploy/web.sh"]

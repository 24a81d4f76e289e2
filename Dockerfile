ARG PYTHON_IMAGE=python:3.13-slim-trixie

# Build: install the locked packages and collect the static files.
FROM ${PYTHON_IMAGE} AS build
ENV PIP_CACHE_DIR=/pip-cache PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
COPY requirements.txt /build/
RUN --mount=type=cache,target=/pip-cache \
    python -m venv /opt/venv \
 && /opt/venv/bin/pip install --quiet --require-hashes --only-binary :all: --requirement /build/requirements.txt
COPY . /app
WORKDIR /app
RUN DATA_DIR=/tmp/data /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && /opt/venv/bin/python -m compileall -q /app

# Run: the packages, the application, and the libraries that the PDF reports load.
FROM ${PYTHON_IMAGE}
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /home/hindcast --uid 10001 hindcast
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 DATA_DIR=/home/hindcast/data
USER hindcast
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["python", "-m", "site_config.healthcheck"]
CMD ["gunicorn", "site_config.wsgi", "--config", "deploy/gunicorn.conf.py"]

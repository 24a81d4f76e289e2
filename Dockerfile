# The base image: pin it by digest in production (--build-arg PYTHON_IMAGE=python@sha256:...).
ARG PYTHON_IMAGE=python:3.13-slim-trixie

# Build: install the locked packages, collect the static files, leave out what no process reads, compile.
FROM ${PYTHON_IMAGE} AS build
ENV PIP_CACHE_DIR=/pip-cache PIP_DISABLE_PIP_VERSION_CHECK=1
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends binutils \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
COPY requirements.txt /build/
RUN --mount=type=cache,target=/pip-cache \
    python -m venv --without-pip /opt/venv \
 && python -m pip --python /opt/venv/bin/python install --quiet --no-compile \
      --require-hashes --only-binary :all: --requirement /build/requirements.txt
COPY . /app
WORKDIR /app
# A server's name, so that nothing asks for the embedded one; nothing connects to it during the build.
ENV PATH=/opt/venv/bin:$PATH POSTGRES_HOST=none DATA_DIR=/tmp/data DJANGO_SETTINGS_MODULE=site_config.settings
# Compiled kernels are kept with the model of processor they were made for. This one stands for all of the
# last ten years; the running container names the same, so that it finds them.
ARG NUMBA_CPU_NAME=x86-64-v3
ENV NUMBA_CPU_NAME=${NUMBA_CPU_NAME} NUMBA_CPU_FEATURES="" NUMBA_CACHE_DIR=/app/kernels
RUN PYTHONDONTWRITEBYTECODE=1 python manage.py collectstatic --noinput --verbosity 0 \
 && PYTHONDONTWRITEBYTECODE=1 python deploy/image/trim.py /opt/venv/lib/python3*/site-packages \
 && find staticfiles/ninja -name '*.map' -delete \
 && python deploy/image/warm.py \
 && mkdir -p /app/kernels \
 && python manage.py warm_kernels

# Run: the packages, the application, and the libraries that the PDF reports load.
FROM ${PYTHON_IMAGE}
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
 && useradd --system --create-home --home-dir /home/hindcast --uid 10001 hindcast
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Hindcast" \
      org.opencontainers.image.description="Backtests and forecasts of daily stock prices" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ARG NUMBA_CPU_NAME=x86-64-v3
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 DATA_DIR=/home/hindcast/data \
    NUMBA_CPU_NAME=${NUMBA_CPU_NAME} NUMBA_CPU_FEATURES="" NUMBA_CACHE_DIR=/tmp/kernels
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=10s --retries=4 --start-period=120s \
  CMD ["python", "-m", "site_config.server.healthcheck"]
ENTRYPOINT ["/app/deploy/image/entrypoint"]
CMD ["gunicorn", "site_config.wsgi", "--config", "deploy/gunicorn.conf.py"]

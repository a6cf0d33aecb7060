# Distributor's web server, workers and beat: one image, see docker-compose.yml for how they work together.
FROM python:3.12-slim AS wheel
WORKDIR /source
COPY requirements/build.txt requirements/
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY distributor distributor
COPY tasks tasks
COPY templates templates
COPY tests/samples/letter-page.html tests/samples/
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 \
    PYTHONSAFEPATH=1 \
    DISTRIBUTOR_HOME=/data
COPY requirements/server.txt /tmp/
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --requirement /tmp/server.txt && rm /tmp/server.txt
RUN --mount=type=bind,from=wheel,source=/wheels,target=/wheels pip install --no-cache-dir --no-deps /wheels/*.whl
RUN useradd --system --uid 10001 --create-home distributor && install --directory --owner distributor /data
USER distributor
# An empty folder: Celery puts the working directory on Python's path.
WORKDIR /home/distributor
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", "--no-access-log"]

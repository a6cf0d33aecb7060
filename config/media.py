"""Where pictures of letters are stored: the folder `media` of the data folder, or an S3-compatible service."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from config import environment
from distributor import paths
from distributor.domain.errors import BadSettings

NAME = "DISTRIBUTOR_MEDIA_URL"
CONNECT_SECONDS, READ_SECONDS = 5, 20
_HELP = f"{NAME} has to be s3://KEY:SECRET@HOST/BUCKET/FOLDER, with ?region=REGION where the service asks for one."


def storage() -> dict[str, Any]:
    """Return Django's entry for the media store. Raises BadSettings, without repeating a key."""
    url = environment.read(NAME)
    if not url:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": paths.home() / "media",
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise BadSettings(f"{NAME} needs a package that is not installed: pip install 'distributor[s3]'.")
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _s3(url)}


def _s3(url: str) -> dict[str, Any]:
    """Return the options of django-storages for an address such as `s3://KEY:SECRET@s3.example.com/letters`."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        raise BadSettings(_HELP) from None
    bucket, _, folder = parts.path.strip("/").partition("/")
    if parts.scheme not in ("s3", "s3+http") or not host or not bucket or bool(parts.username) != bool(parts.password):
        raise BadSettings(_HELP)
    from botocore.config import Config  # of the package that was looked for

    return {
        # Without keys in the address boto3 looks where it always does: the machine's role, its own variables.
        "access_key": unquote(parts.username or "") or None,
        "secret_key": unquote(parts.password or "") or None,
        "endpoint_url": f"{'https' if parts.scheme == 's3' else 'http'}://{host}",
        "region_name": next(iter(parse_qs(parts.query).get("region", ())), None),
        "bucket_name": bucket,
        "location": folder,
        "file_overwrite": True,  # the same name is the same picture
        "default_acl": None,  # private: our own pages serve them
        "client_config": Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": 3},
            s3={"addressing_style": "path"},
        ),
    }

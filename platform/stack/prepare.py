"""Bring an installation up to date: tables, reference data, the bucket; refuse a wrong database role.

The demonstration, `make up` and the one-shot service of the compose file all begin with it.
"""

import os
from io import StringIO

from stack.embedded import ensure_started
from stack.places import StackError


def prepare() -> None:
    """Migrate, load reference data, run the checks, make the bucket; safe to run again.

    :raises StackError: with the reason, if one of them fails.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    ensure_started()
    import django  # only here: the other commands of the stack start no Django
    from django.core.management import CommandError, call_command
    from django.db import OperationalError

    django.setup()
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_content", verbosity=0)
        call_command("check", databases=["default"], stdout=StringIO())
    except OperationalError as error:
        raise StackError(f"The database: {str(error).splitlines()[0]}") from error
    except CommandError as error:
        raise StackError(str(error).strip()) from error
    make_bucket()


def make_bucket() -> None:
    """Make STORAGE_BUCKET in the S3-compatible store if there is none."""
    bucket = os.environ.get("STORAGE_BUCKET")
    if not bucket:
        return
    import boto3  # half a second that only an installation with a store pays
    from botocore.exceptions import BotoCoreError, ClientError

    client = boto3.client("s3", endpoint_url=os.environ.get("STORAGE_ENDPOINT"))
    try:
        names = {found["Name"] for found in client.list_buckets()["Buckets"]}
        if bucket not in names:
            client.create_bucket(Bucket=bucket)
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"The store at STORAGE_ENDPOINT: {error}") from error

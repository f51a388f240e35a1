"""Bytes on the disk or in the bucket: under a path made from their hash, whole or not at all."""

import errno
import os
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from common.errors import StorageFull

FULL = (errno.ENOSPC, errno.EDQUOT)
INSUFFICIENT_STORAGE = 507  # what S3-compatible stores answer


def store(path: str, content: bytes) -> str:
    """Write bytes under a path that names them, and return it; what is there already is the same.

    StorageFull where there is no room. Once this returns, the bytes outlive a power cut: the phone
    deletes its own after the receipt.
    """
    if default_storage.exists(path):
        return path
    try:
        if isinstance(default_storage, FileSystemStorage):
            _store_on_disk(path, content)
        else:
            _store_in_bucket(path, content)
    except Exception as error:
        if _is_full(error):
            raise StorageFull from error
        raise
    return path


def stored(path: str) -> bytes:
    """Return the bytes under a path."""
    with default_storage.open(path, "rb") as file:
        content: bytes = file.read()
    return content


def _store_on_disk(path: str, content: bytes) -> None:
    """Write beside, then rename: whoever looks meanwhile finds nothing or everything."""
    part = f"{path}.{uuid4().hex}.part"
    try:
        default_storage.save(part, ContentFile(content))
        _settle(default_storage.path(part))
        os.replace(default_storage.path(part), default_storage.path(path))
        _settle(os.path.dirname(default_storage.path(path)))
    except BaseException:
        default_storage.delete(part)
        raise


def _settle(path: str) -> None:
    """Have a file, or the names in a folder, written to the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _store_in_bucket(path: str, content: bytes) -> None:
    name = default_storage.save(path, ContentFile(content))
    if name != path:  # somebody else was quicker with the same bytes
        default_storage.delete(name)


def _is_full(error: Exception) -> bool:
    answer = getattr(error, "response", None)  # botocore's ClientError
    if isinstance(answer, dict):
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return bool(status == INSUFFICIENT_STORAGE)
    return isinstance(error, OSError) and error.errno in FULL

"""Fills an installation for the test of backup and restore: rows with phones, files, a sealed chain."""

import os

import django
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

django.setup()

from audit.services import chain_seal  # noqa: E402
from common.scope import acting_as  # noqa: E402
from documents.models import Document  # noqa: E402
from documents.services import document_render  # noqa: E402
from tenancy.actors import SYSTEM  # noqa: E402
from tests import county as counties  # noqa: E402

county = counties.build()
counties.issued(county, hazards=2)
with acting_as(county.officer):
    papers = [str(pk) for pk in Document.objects.values_list("pk", flat=True)]
    document_render(papers[0])
with acting_as(SYSTEM):
    chain_seal(agency_id=county.zone.pk)
default_storage.save("outputs/大文件 1.bin", ContentFile(os.urandom(9 * 2**20)))

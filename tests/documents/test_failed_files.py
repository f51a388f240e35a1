"""A file that cannot be made is put before its issuer, who has it tried again; nothing is lost."""

import pytest
from django.urls import reverse

from common.scope import acting_as
from documents.models import Document
from documents.services import document_failed, document_render, documents_owed
from tenancy.actors import SYSTEM
from tests import county as counties
from tests import world
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db


def test_a_failed_file_is_a_task_of_its_issuer_who_has_it_made_again(
    client, tasks_are_kept, django_capture_on_commit_callbacks
):
    county = counties.build()
    counties.issued(county)
    with acting_as(SYSTEM):
        document = Document.objects.get(kind="suggestion")
        assert document in documents_owed()
        document_failed(str(document.pk), OSError("disk full"))
        document_failed(str(document.pk), OSError("disk full"))
        assert document not in documents_owed()  # it waits for a person now
    with acting_as(county.lead):
        task = WorkTask.objects.get(kind="document_failed", done_at=None)
        assert "disk full" in task.title
    url = reverse("documents:render-again", args=[document.pk])
    world.sign_in(client, county.admin)
    assert client.post(url).status_code == 403  # not his paper
    world.sign_in(client, county.lead)
    page = client.get(task.url).content.decode()
    assert "没有做成" in page
    tasks_are_kept.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url)
    assert [(name, args) for name, args, _ in tasks_are_kept] == [
        ("documents.render", (str(document.pk),))
    ]
    assert "没有需要重新制作" in client.post(url, follow=True).content.decode()
    with acting_as(county.lead):
        assert not WorkTask.objects.filter(kind="document_failed", done_at=None).exists()
        assert document_render(str(document.pk)).number == document.number

"""`/api/v1/enterprises/`: the files of the enterprises, as their pages have them."""

from typing import Any

from django.forms.models import model_to_dict
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import checked
from common.api_forms import body_of, query_of
from common.text import masked
from enterprises.access import enterprise_for, file_for
from enterprises.forms import EnterpriseFilter, EnterpriseForm
from enterprises.lists import SORTS, enterprise_page
from enterprises.models import Enterprise
from enterprises.services import enterprise_save
from tenancy.access import require
from tenancy.api import Api, act, filtered, listed, listing, read, sort_of
from tenancy.personal import shown

NOUN = "enterprises"
OWN = tuple(EnterpriseForm.Meta.fields)


class EnterpriseSerializer(serializers.ModelSerializer[Enterprise]):
    """An enterprise's file. The telephone has its stars, as on the page."""

    phone = serializers.SerializerMethodField(label="联系电话")

    class Meta:
        model = Enterprise
        fields: tuple[str, ...] = (
            "id", "credit_code", *OWN, "owner_agency", "updated_at", "merged_into",
        )  # fmt: skip

    def get_phone(self, row: Enterprise) -> str:
        """Return it as the actor sees it."""
        return shown(self.context["request"]._request.actor, row, "phone")


EditBody = body_of(EnterpriseForm, "EnterpriseEdit", is_partial=True)


class Enterprises(Api):
    """The list."""

    noun = NOUN

    @listed(
        NOUN, "企业名单", EnterpriseSerializer, name="list_enterprises",
        parameters=query_of(EnterpriseFilter, sorts=SORTS),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the files that the actor may see; filters and order as on the page."""
        actor = require(self.actor, "enterprise_list")
        form = filtered(EnterpriseFilter(request.query_params, actor=actor))
        sort = sort_of(request, SORTS)
        return listing(
            request, EnterpriseSerializer, lambda window: enterprise_page(form, sort, window)
        )


class EnterpriseRecord(Api):
    """One file."""

    noun = NOUN

    @read(NOUN, "企业档案", EnterpriseSerializer, name="get_enterprise")
    def get(self, request: Request, pk: int) -> Response:
        """Read a file; `merged_into` of one that was merged leads to the file that is kept."""
        return self.answer(EnterpriseSerializer, file_for(self.actor, pk))

    @act(NOUN, "修改企业档案", EnterpriseSerializer, name="edit_enterprise", body=EditBody)
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is named of a file; all else stays."""
        actor = self.actor
        found = self.hold(
            lambda: enterprise_for(actor, pk, "enterprise_edit"), EnterpriseSerializer
        )
        sent = checked(EditBody(data=request.data))
        data: dict[str, Any] = {**model_to_dict(found, OWN), "phone": masked(found.phone), **sent}
        form = EnterpriseForm(data, instance=found, agency=found.owner_agency)
        enterprise_save(actor=actor, enterprise=filtered(form).save(commit=False))
        return self.answer(EnterpriseSerializer, enterprise_for(actor, pk))

"""`/api/v1/points/`, `/api/v1/point-events/`, `/api/v1/appraisals/`."""

from typing import Any

from django import forms
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api_forms import query_of
from common.scope import first_rows
from scoring.access import appraisal_for, cycle_for, event_for, own_appraisal_for
from scoring.appraisals.papers import lines_of
from scoring.forms.measures import EventFilter
from scoring.lists import cycles_of, own_appraisals_of
from scoring.models import Appraisal, PointCycle, ThresholdEvent
from scoring.selectors import cycle_total_of, entries_of
from scoring.services.years import finals
from tenancy import clock
from tenancy.access import require, within
from tenancy.api import Api, by_key, filtered, listed, listing, record

POINTS, APPRAISALS = "points", "appraisals"


class PointYearSerializer(serializers.ModelSerializer[PointCycle]):
    """An enterprise's points in one year."""

    enterprise_name = serializers.CharField(source="enterprise.name", label="企业名称")

    class Meta:
        model = PointCycle
        fields: tuple[str, ...] = (
            "id", "enterprise", "enterprise_name", "region_code", "year", "total", "gross",
            "colour", "computed_at", "counts_in",
        )  # fmt: skip


class PointEntrySerializer(serializers.Serializer[Any]):
    """One clause given, what it comes to, and why."""

    id = serializers.UUIDField()
    sheet = serializers.UUIDField(label="记分单")
    hazard = serializers.UUIDField(label="隐患", allow_null=True)
    code = serializers.CharField(label="条款")
    fact = serializers.CharField(label="事实描述")
    units = serializers.IntegerField(label="项（处）数")
    inspected_at = serializers.DateTimeField(label="检查时间")
    base = serializers.DecimalField(5, 1, label="基本分值")
    points = serializers.DecimalField(6, 1, label="记分")
    reduction = serializers.DecimalField(6, 1, label="减免")
    surcharge = serializers.DecimalField(6, 1, label="加重")
    is_waived = serializers.BooleanField(label="当场改正免记")
    is_revoked = serializers.BooleanField(label="已撤销")
    why = serializers.CharField(label="计算说明")


class PointYearRecordSerializer(PointYearSerializer):
    """A year of points with every entry and what the rules made of it."""

    entries = serializers.SerializerMethodField(label="记分记录")

    class Meta(PointYearSerializer.Meta):
        fields: tuple[str, ...] = (*PointYearSerializer.Meta.fields, "entries")

    @extend_schema_field(PointEntrySerializer(many=True))
    def get_entries(self, row: PointCycle) -> Any:
        """Return the entries in force order, each with its line of the total."""
        lines = {line.key: line for line in cycle_total_of(row).lines}
        return PointEntrySerializer(
            [_entry(one, lines[str(one.pk)]) for one in entries_of(row)], many=True
        ).data


def _entry(entry: Any, line: Any) -> dict[str, Any]:
    own = ("code", "fact", "units", "inspected_at", "base")
    counted = ("points", "reduction", "surcharge", "is_waived", "is_revoked", "why")
    return {
        "id": entry.pk,
        "sheet": entry.sheet_id,
        "hazard": entry.hazard_id,
        **{name: getattr(entry, name) for name in own},
        **{name: getattr(line, name) for name in counted},
    }


class ThresholdEventSerializer(serializers.ModelSerializer[ThresholdEvent]):
    """An enterprise reached 12 or 18 points."""

    enterprise_name = serializers.CharField(source="enterprise.name", label="企业名称")

    class Meta:
        model = ThresholdEvent
        fields: tuple[str, ...] = (
            "id", "cycle", "enterprise", "enterprise_name", "kind", "state", "total", "reached_at",
            "hold_until", "sent_at", "corrected_at", "note",
        )  # fmt: skip


class AppraisalSerializer(serializers.ModelSerializer[Appraisal]):
    """An evaluation of a provider's contract."""

    class Meta:
        model = Appraisal
        fields: tuple[str, ...] = (
            "id", "contract", "provider_org", "owner_agency", "purpose", "year", "version",
            "corrects", "state", "scheme_version", "made_at", "input_sha256", "buyer_score",
            "served_score", "third_score", "score", "grade", "veto_reason", "noticed_at",
            "objection_until", "decided_at", "published_on", "publicity_until", "archived_at",
        )  # fmt: skip


class IndicatorResultSerializer(serializers.Serializer[Any]):
    """What one indicator came to."""

    code = serializers.CharField(label="指标")
    name = serializers.CharField(label="名称")
    weight = serializers.DecimalField(6, 2, label="权重")
    score = serializers.DecimalField(8, 2, label="得分", allow_null=True)
    unmeasured_reason = serializers.CharField(label="不计入的原因", allow_blank=True)


class AppraisalRecordSerializer(AppraisalSerializer):
    """An evaluation with its indicators."""

    indicators = serializers.SerializerMethodField(label="各指标")

    class Meta(AppraisalSerializer.Meta):
        fields: tuple[str, ...] = (*AppraisalSerializer.Meta.fields, "indicators")

    @extend_schema_field(IndicatorResultSerializer(many=True))
    def get_indicators(self, row: Appraisal) -> Any:
        """Return them as they were computed last."""
        return IndicatorResultSerializer(lines_of(row), many=True).data


class CycleFilter(forms.Form):
    """What points are filtered by; without a year it is this one."""

    year = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)
    q = forms.CharField(label="企业", required=False)
    colour = forms.ChoiceField(
        label="等级", required=False, choices=[("", "全部"), *PointCycle.Colour.choices]
    )


class AppraisalFilter(forms.Form):
    """What evaluations are filtered by; for an agency without a year it is this one."""

    year = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)


class Points(Api):
    """The points of a year, the highest first."""

    noun = POINTS

    @listed(
        POINTS, "记分", PointYearSerializer, name="list_points", parameters=query_of(CycleFilter)
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the points of the region's enterprises; of an enterprise its own, every year."""
        is_own = self.actor.is_enterprise
        actor = require(self.actor, "points_own" if is_own else "points_view")
        asked = filtered(CycleFilter(request.query_params)).cleaned_data
        year = asked["year"] or (None if is_own else clock.today(actor.org).year)
        rows = cycles_of(actor, year=year, text=asked["q"].strip(), colour=asked["colour"])
        shown = rows.select_related("enterprise")
        with first_rows():
            return listing(request, PointYearSerializer, by_key(rows, "-total", "id", shown=shown))


PointsRecord = record(
    POINTS, "一个企业一年的记分", PointYearRecordSerializer, cycle_for, name="get_points"
)


class PointEvents(Api):
    """Who reached 12 or 18 points."""

    noun = POINTS

    @listed(
        POINTS, "满分事件", ThresholdEventSerializer, name="list_point_events",
        parameters=query_of(EventFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List them, the newest first."""
        actor = require(self.actor, "points_view")
        form = filtered(EventFilter(request.query_params))
        rows = form.narrow(ThresholdEvent.objects.filter(within(actor)))
        shown = rows.select_related("enterprise")
        page = by_key(rows, "-reached_at", "-id", shown=shown)
        return listing(request, ThresholdEventSerializer, page)


PointEventRecord = record(
    POINTS, "一个满分事件", ThresholdEventSerializer, event_for, name="get_point_event"
)


class Appraisals(Api):
    """Evaluations that stand."""

    noun = APPRAISALS

    @listed(
        APPRAISALS, "考评", AppraisalSerializer, name="list_appraisals",
        parameters=query_of(AppraisalFilter),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List the final evaluations of an agency's year; of a provider its own, from the notice on."""
        is_own = self.actor.is_provider
        actor = require(self.actor, "appraisal_own" if is_own else "appraisal_view")
        year = filtered(AppraisalFilter(request.query_params)).cleaned_data["year"]
        if is_own:
            rows = own_appraisals_of(actor)
            rows = rows.filter(year=year) if year else rows
        else:
            rows = finals(actor.org, year or clock.today(actor.org).year)
        return listing(request, AppraisalSerializer, by_key(rows, "-id"))


AppraisalRecord = record(
    APPRAISALS, "一次考评", AppraisalRecordSerializer,
    lambda actor, pk: (own_appraisal_for if actor.is_provider else appraisal_for)(actor, pk),
    name="get_appraisal",
)  # fmt: skip

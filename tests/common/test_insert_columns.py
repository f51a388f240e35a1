"""Many rows in one statement: what is written reads back as what it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.db.columns import insert_columns
from common.ids import uuid7
from common.scope import acting_as
from enterprises.models import Enterprise, RiskPoint, SpecialOperationCertificate
from tests import county as counties

pytestmark = pytest.mark.django_db
ODD = (
    "",
    "NULL",
    "null",
    '"',
    "\\",
    '\\"',
    "{}",
    "{a,b}",
    "a,b",
    " a ",
    "a\nb",
    "'",
    "%s",
    "叉车",
    "\\x00",
)


def test_texts_come_back_letter_for_letter():
    county = counties.build(enterprises=1)
    with acting_as(county.officer):
        insert_columns(
            RiskPoint, {"id": [uuid7() for _ in ODD], "risk": ODD, "place": [*range(len(ODD))]},
            **county.enterprises[0].tenant, enterprise=county.enterprises[0], measure="",
            recorded_by_name="员", recorded_at=timezone.now(),
        )  # fmt: skip
        rows = {int(row.place): row.risk for row in RiskPoint.objects.exclude(recorded_by_name="")}
        assert [rows[at] for at in range(len(ODD))] == [*ODD]


def test_days_nothing_and_closed_texts_as_well():
    county = counties.build(enterprises=1)
    today, like = counties.NOW.date(), county.enterprises[0]
    with acting_as(county.officer):
        insert_columns(
            SpecialOperationCertificate,
            {"valid_until": [today, today + timedelta(1)], "review_due_on": [None, today],
             "holder_name": ["李四", "王五"]},
            **like.tenant, enterprise=like, number_end="1", category="电工作业",
            project="", recorded_by_name="员", recorded_at=timezone.now(),
        )  # fmt: skip
        found = SpecialOperationCertificate.objects.order_by("pk")
        assert [*found.values_list("valid_until", "review_due_on")] == [
            (today, None), (today + timedelta(1), today),
        ]  # fmt: skip
        insert_columns(
            Enterprise, {"phone": ["13812345678", ""], "name": ["甲", "乙"], "credit_code": ["1", "2"],
                         "employee_count": [None, 5]},
            **{**like.tenant, "enterprise_org_id": None}, created_at=timezone.now(),
        )  # fmt: skip
        rows = Enterprise.objects.filter(name__in=["甲", "乙"]).order_by("credit_code")
        assert [(row.phone, row.employee_count) for row in rows] == [("13812345678", None), ("", 5)]

"""What a file itself holds, for who looks at two before they are merged."""

from collections.abc import Mapping, Sequence

from django.db.models import Count

from documents.models import Document
from enterprises.merging import Part, counts_by_file, register_part
from enterprises.models import (
    ClaimCode,
    Enterprise,
    NoPhone,
    RiskPoint,
    SpecialOperationCertificate,
)


def _risk_points(ids: Sequence[int]) -> Mapping[int, int]:
    return counts_by_file(RiskPoint.objects.filter(removed_at=None), ids)


def _certificates(ids: Sequence[int]) -> Mapping[int, int]:
    return counts_by_file(SpecialOperationCertificate.objects.filter(removed_at=None), ids)


def _sheets(ids: Sequence[int]) -> Mapping[int, int]:
    return counts_by_file(ClaimCode.objects.filter(claimed_at=None, withdrawn_at=None), ids)


def _marks(ids: Sequence[int]) -> Mapping[int, int]:
    return counts_by_file(NoPhone.objects.filter(ended_at=None), ids)


def _papers(ids: Sequence[int]) -> Mapping[int, int]:
    """Papers name the body: each file has its own."""
    files = dict(Enterprise.objects.filter(pk__in=ids).values_list("enterprise_org", "pk"))
    rows = Document.objects.filter(enterprise_org__in=files).order_by()
    counts = dict(rows.values_list("enterprise_org").annotate(Count("pk")))
    return {files[org]: number for org, number in counts.items()}


def register() -> None:
    """Say it; called in AppConfig.ready()."""
    register_part(Part("风险点", "个", "并入保留档案，重复的只留一个", _risk_points))
    register_part(Part("特种作业证", "本", "并入保留档案，重复的只留一本", _certificates))
    register_part(Part("未用的认领单", "张", "作废", _sheets))
    register_part(Part("“无手机”标注", "个", "保留档案没有人开通账号的，随之保留", _marks))
    register_part(Part("文书", "份", "不动；仍是原企业名称，保留档案的账号可以查看", _papers))

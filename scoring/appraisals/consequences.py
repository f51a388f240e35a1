"""What follows from an evaluation elsewhere: in what is paid, at the next purchase, in the library,
and which measure it is a ground for (3.5). Each figure is the scheme's."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from agencies.evaluations import Published
from agencies.models import LibraryProvider, PaymentStage, Publication, ServiceContract
from agencies.past import Past, Refusals
from agencies.payments import Basis
from scoring.appraisals.parameters import GRADES
from scoring.appraisals.reading import rules_of
from scoring.models import Appraisal
from tenancy.models import Organization


def standing_of(provider_org_id: int) -> list[Appraisal]:
    """Return a provider's decided evaluations that the actor sees, the newest first."""
    rows = Appraisal.objects.filter(
        provider_org=provider_org_id, purpose=Appraisal.Purpose.FINAL,
        state__in=Appraisal.STANDING,
    )  # fmt: skip
    return list(rows.select_related("contract", "scheme").order_by("-decided_at", "-pk"))


def past_evaluations(provider_org_id: int) -> Past | None:
    """Return what a provider's evaluations of its newest year count for: their mean."""
    rows = standing_of(provider_org_id)
    if not rows:
        return None
    newest = [row for row in rows if row.year == rows[0].year]
    mean = sum((row.score for row in newest), Decimal(0)) / len(newest)
    words = "；".join(f"{row.contract.title}{row.score}分（{GRADES[row.grade]}）" for row in newest)
    return Past(
        score=mean.quantize(Decimal("0.01")),
        words=f"{rows[0].year}年度：{words}"[:300],
        url=reverse("scoring:appraisal", args=[newest[0].pk]),
    )


def payment_basis(contract: ServiceContract, stage: PaymentStage) -> Basis | None:
    """Return what the contract's decided evaluation means for a stage that waits for it."""
    if stage.condition != PaymentStage.Condition.EVALUATION:
        return None
    rows = Appraisal.objects.filter(
        contract=contract, purpose=Appraisal.Purpose.FINAL, state__in=Appraisal.STANDING
    )
    row = rows.select_related("scheme").order_by("-year", "-version").first()
    if row is None:
        return None
    factor = rules_of(row.scheme).parameters.paid_share(row.grade, row.score)
    return Basis(
        factor=factor,
        words=_words(row),
        url=reverse("scoring:appraisal", args=[row.pk]),
        lines=(
            ("考评得分", f"{row.score}"),
            ("考评等次", f"{row.grade}（{GRADES[row.grade]}）"),
            ("支付比例", f"{factor.normalize():f}"),
            *((("一票否决", row.veto_reason),) if row.veto_reason else ()),
        ),
    )


def refusals(provider_org_id: int, agency_id: int, day: date) -> Refusals:
    """Return what an agency's evaluations refuse a provider: its library after D, after years a contract."""
    rows = [row for row in standing_of(provider_org_id) if row.owner_agency_id == agency_id]
    failed = next((row for row in rows if row.grade == "D"), None)
    library = ""
    if failed is not None and day < (free := _free_on(failed)):
        library = f"{_words(failed)}，{free:%Y-%m-%d}前不得入库"
    return Refusals(library, _unrenewed(rows))


def _free_on(failed: Appraisal) -> date:
    """Return the day from which a provider that failed may enter the library again."""
    assert failed.decided_at is not None  # its result stands
    days = rules_of(failed.scheme).parameters.out_of_library_days
    return timezone.localdate(failed.decided_at) + timedelta(days=days)


def _unrenewed(rows: Sequence[Appraisal]) -> str:
    """Say that each of the last years lay below the limit; '' where one did not, or is missing."""
    if not rows:
        return ""
    rules = rules_of(rows[0].scheme).parameters
    by_year: dict[int, list[Decimal]] = {}
    for row in rows:
        by_year.setdefault(row.year, []).append(row.score)
    last = max(by_year)
    years = range(last, last - rules.renewal_years, -1)
    means = [sum(by_year[year]) / len(by_year[year]) for year in years if year in by_year]
    if not years or len(means) < len(years) or max(means) >= rules.renewal_below:
        return ""
    limit = f"{rules.renewal_below.normalize():f}"
    return f"连续{len(years)}个年度考评低于{limit}分（{years[-1]}至{last}年度），按考评方案不再续签"


def _words(row: Appraisal) -> str:
    return f"{row.year}年度考评{row.score}分，{GRADES[row.grade]}（{row.grade}）"


@dataclass(frozen=True, slots=True)
class Following:
    """One thing that an agency does because of a result, and the page on which it does it."""

    words: str
    url: str = ""
    link: str = ""


def followings(row: Appraisal) -> list[Following]:
    """Return what follows from a result that stands, for the agency whose it is; else nothing."""
    if row.state not in Appraisal.STANDING or row.purpose != Appraisal.Purpose.FINAL:
        return []
    return [*_paid(row), *_in_library(row), *_measure(row), *_renewal(row)]


def _paid(row: Appraisal) -> Iterator[Following]:
    share = rules_of(row.scheme).parameters.paid_share(row.grade, row.score)
    yield Following(
        f"等待考评结果的付款阶段按{(share * 100).normalize():f}%支付",
        reverse("agencies:payments", args=[row.contract_id]), "支付",
    )  # fmt: skip


def _in_library(row: Appraisal) -> Iterator[Following]:
    names = {"A": ("library-level", "变更等级"), "D": ("library-remove", "出库")}
    if row.grade not in names:
        return
    name, link = names[row.grade]
    says = f"，{_free_on(row):%Y-%m-%d}前不得重新入库" if row.grade == "D" else "，可以提高等级"
    entries = LibraryProvider.objects.live().filter(
        owner_agency=row.owner_agency_id, provider_org=row.provider_org_id
    )
    for entry in entries.select_related("business_class"):
        yield Following(
            f"机构库“{entry.business_class}”{entry.level}{says}",
            _given(reverse(f"agencies:{name}", args=[entry.pk]), row, source="evaluation"), link,
        )  # fmt: skip


def _measure(row: Appraisal) -> Iterator[Following]:
    given = {"provider": str(row.provider_org_id), "ground": "appraisal", "facts": _words(row)}
    new = reverse("providers:standing-new")
    if row.grade == "C":
        assert row.decided_at is not None  # its result stands
        days = rules_of(row.scheme).parameters.again_days
        again = timezone.localdate(row.decided_at) + timedelta(days=days)
        query = urlencode({**given, "measure": "rectify"})
        yield Following(f"责令整改，{again:%Y-%m-%d}前再次考评", f"{new}?{query}", "拟办责令整改")
    if row.grade == "D":
        query = urlencode({**given, "measure": "blacklist"})
        words = "考评不合格；有失信行为的列入黑名单，先告知、听取陈述申辩"
        yield Following(words, f"{new}?{query}", "拟办措施")


def _renewal(row: Appraisal) -> Iterator[Following]:
    rows = standing_of(int(row.provider_org_id or 0))
    own = [one for one in rows if one.owner_agency_id == row.owner_agency_id]
    if words := _unrenewed(own):
        yield Following(words)


def _given(url: str, row: Appraisal, **more: str) -> str:
    page = reverse("scoring:appraisal", args=[row.pk])
    return f"{url}?{urlencode({'reason': _words(row), 'source_url': page, **more})}"


def published_evaluations(provider_org_ids: Iterable[int], agency_id: int) -> dict[int, Published]:
    """Return {provider: its results in the agency's newest notice}; of published rows alone.

    A provider is known by its credit code; two of one name are two.
    """
    notices = Publication.objects.filter(
        owner_agency=agency_id, kind=Publication.Kind.APPRAISAL, state=Publication.State.PUBLISHED
    )
    newest = notices.order_by("-published_at", "code").first()
    if newest is None:
        return {}
    rows = Organization.objects.filter(pk__in=list(provider_org_ids), credit_code__isnull=False)
    known = dict(rows.values_list("credit_code", "pk"))
    results: dict[int, list[str]] = {}
    for line in newest.body["lines"]:
        if (pk := known.get(line.get("provider_code"))) is not None:
            results.setdefault(pk, []).append(f"{line['score']}分，{GRADES[line['grade']]}")
    url = reverse("portal:publication", args=[newest.code])
    return {
        pk: Published(f"{newest.body['year']}年度{'；'.join(words)}", url)
        for pk, words in results.items()
    }

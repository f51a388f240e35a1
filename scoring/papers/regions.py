"""From the sums of towns to the paper of a district's points."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from scoring.documents import VersionMark
from scoring.effects import SamePeriod, change_words, period_words
from scoring.letters import Bar, EffectLines, RegionLine, RegionSummaryDocument
from scoring.models import RuleBook
from scoring.papers.sheets import book_mark
from scoring.points import ASPECTS, ZERO
from scoring.region_summary import Summary
from tenancy.models import Agency

COLOUR_NAMES = ("绿", "黄", "橙", "红")
TOP = 10
NO_BOOK = VersionMark("乡镇安全生产监督检查记分规则", "未施行", is_proposal=True)


def _words(value: Decimal | float | None, unit: str = "") -> str:
    return "—" if value is None else f"{value:.1f}{unit}"


def region_line(
    name: str, now: Summary, before: Summary, whole: Summary, spot_checks: int
) -> RegionLine:
    """One town, beside the whole district and the year before."""
    strict, of_all = now.per_sheet, whole.per_sheet
    return RegionLine(
        name=name,
        enterprises=now.enterprises,
        inspected=now.inspected,
        coverage=_words(now.coverage, "%"),
        entries=now.entries,
        gross=now.gross,
        net=now.net,
        mean=_words(now.mean),
        median=_words(now.median),
        colours=tuple(now.colours.get(colour, 0) for colour in COLOUR_NAMES),
        at_12=now.at_12,
        at_18=now.at_18,
        timely_rate=_words(now.timely_rate, "%"),
        refusals=now.refusals,
        per_sheet=f"{strict.mean:.1f}（{strict.low:.1f}—{strict.high:.1f}）"
        if strict
        else "次数太少",
        strictness=strict.beside(of_all.mean) if strict and of_all else "",
        spot_checks=spot_checks,
        last_year=_words(before.mean),
    )


def _bars(pairs: Sequence[tuple[str, Decimal | int]]) -> tuple[Bar, ...]:
    most = max((number for _, number in pairs), default=0) or 1
    return tuple(
        Bar(
            label,
            f"{number:.1f}" if isinstance(number, Decimal) else str(number),
            (Decimal(number) * 100 / most).quantize(Decimal("0.1")),
        )
        for label, number in pairs
    )


def region_summary(
    *,
    agency: Agency,
    year: int,
    towns: Mapping[str, tuple[Summary, Summary, int]],
    effects: SamePeriod | None,
    book: RuleBook | None,
    texts: Mapping[str, str],
    items: Mapping[str, str],
    made_at: datetime,
    input_sha256: str,
) -> RegionSummaryDocument:
    """The summary of a district from {town: (this year, the year before, spot checks)}."""
    whole = sum((now for now, _, _ in towns.values()), Summary())
    before = sum((then for _, then, _ in towns.values()), Summary())
    checks = sum(number for _, _, number in towns.values())
    return RegionSummaryDocument(
        training=agency.org.is_training,
        agency_name=agency.org.name,
        region_name=agency.region_name,
        year=year,
        rule_book=book_mark(book) if book else NO_BOOK,
        made_at=made_at,
        input_sha256=input_sha256,
        lines=tuple(
            region_line(name, now, then, whole, number)
            for name, (now, then, number) in towns.items()
        ),
        total=region_line("合计", whole, before, whole, checks),
        colour_names=COLOUR_NAMES,
        aspects=_bars([(aspect, whole.aspects.get(aspect, ZERO)) for aspect in ASPECTS]),
        items=_bars(
            [(f"{n}．{items.get(n, '')}", whole.items[n]) for n in sorted(whole.items, key=int)]
        ),
        distribution=_bars(whole.distribution),
        top_clauses=_bars(
            [(f"{code} {texts.get(code, '')}", number) for code, number in _most(whole.clauses)]
        ),
        comparison=_comparison(whole, before),
        effects=effect_lines(effects) if effects else None,
    )


def effect_lines(period: SamePeriod) -> EffectLines:
    """Say how accidents, deaths, cases and fines stand beside the same months of last year."""
    labels = {
        "accidents": "事故（起）", "deaths": "死亡（人）", "cases": "行政处罚立案（件）",
        "fines": "罚款（万元）",
    }  # fmt: skip
    pairs = [
        (label, getattr(period.now, name), getattr(period.then, name))
        for name, label in labels.items()
    ]
    return EffectLines(
        period=period_words(period.months),
        lines=tuple((label, _plain(a), _plain(b), change_words(a, b)) for label, a, b in pairs),
    )


def _plain(figure: Decimal | int) -> str:
    return f"{Decimal(figure).normalize():f}"


def _most(numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(numbers.items(), key=lambda one: (-one[1], one[0]))[:TOP]


def _comparison(now: Summary, then: Summary) -> tuple[tuple[str, str, str], ...]:
    rows = (
        ("检查企业（家）", now.inspected, then.inspected),
        ("记分（条）", now.entries, then.entries),
        ("满12分（家）", now.at_12, then.at_12),
        ("满18分（家）", now.at_18, then.at_18),
        ("拒签、拒绝检查（次）", now.refusals, then.refusals),
    )
    shares = (
        ("覆盖率", now.coverage, then.coverage), ("按期整改率", now.timely_rate, then.timely_rate)
    )  # fmt: skip
    means = (("平均累计", now.mean, then.mean), ("累计中位数", now.median, then.median))
    return (
        *((label, str(a), str(b)) for label, a, b in rows),
        *((label, _words(c, "%"), _words(d, "%")) for label, c, d in shares),
        *((label, _words(c), _words(d)) for label, c, d in means),
    )

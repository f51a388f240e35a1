"""One search over what the actor may see: enterprises, hazards, papers, people, contracts, providers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import islice
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from agencies.models import ServiceContract
from common.paging import computed
from common.pinyin import name_words
from common.search import search_many
from common.text import is_storable
from documents.access import documents_among, documents_of
from documents.models import Document
from enterprises.models import Enterprise, SpecialOperationCertificate
from enterprises.search import firms_named
from inspections.access import hazards_of
from inspections.models import Hazard, TeamMember
from providers.models import Provider
from providers.selectors import bodies_named
from tenancy.access import within
from tenancy.actors import Actor
from tenancy.models import Membership, Organization

FIRMS, PAPERS = "enterprises_enterprise", "documents_document"
TEAM, HOLDERS = "inspections_teammember", "enterprises_specialoperationcertificate"
LEAST, MOST = 2, 60  # characters: a single one is everywhere
SHOWN = 8
NEAR = 200  # enterprises whose papers are looked for by whose they are
LATEST = 50  # papers that are looked at first: hardly any of them is hidden
FOUND = 4000  # of one kind; what more rows tell of is read in order until enough is found


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found, and its page."""

    title: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of a kind: the first, and the list of all of them ('' if there is none)."""

    name: str
    hits: list[Hit]
    more: str


class Wanted:
    """What somebody looks for, and the rows whose words tell of it, asked for at once."""

    def __init__(self, actor: Actor, text: str) -> None:
        self.actor, self.text = actor, text
        self.found = search_many((FIRMS, PAPERS, TEAM, HOLDERS), text, FOUND)

    @cached_property
    def bodies(self) -> list[Organization]:
        """The providers of such a name or code."""
        return bodies_named(self.text)

    @property
    def firms(self) -> list[int] | None:
        """The enterprises of such a name, principal or code; None: too many to be listed."""
        return self.found[FIRMS]

    def among(self, table: str, *columns: str) -> Q:
        """Return the condition that a row of a table tells of it."""
        found = self.found[table]
        if found is not None:
            return Q(pk__any_of=found) if found else Q(pk__in=[])  # nothing: nothing is asked
        return reduce(or_, (Q(**{f"{column}__icontains": self.text}) for column in columns))


Finder = Callable[[Wanted], Iterable[Hit]]


def _first(rows: "QuerySet[Any]") -> list[Any]:
    """Return the keys of the first rows: with what hangs on them the planner joins all that was found."""
    return list(rows.values_list("pk", flat=True)[: SHOWN + 1])


def _firms(wanted: Wanted) -> Iterator[Hit]:
    rows = Enterprise.objects.filter(wanted.among(FIRMS, "search_text"))
    if wanted.actor.is_agency:
        rows = rows.filter(within(wanted.actor))
    # In the order of an index over all names a few found ones come late.
    by_name = "name" if wanted.firms is None else computed("name")
    first = _first(rows.order_by(by_name, "pk"))
    shown = Enterprise.objects.filter(pk__in=first).select_related("merged_into")
    for row in shown.order_by("name", "pk"):
        kept = f"已并入{row.kept.name}" if row.merged_into else ""
        said = (kept, row.credit_code, row.principal_name, row.address)
        note = " · ".join(filter(None, said))
        yield Hit(row.name, note, reverse("enterprises:record", args=[row.kept_id]))


def _hazards(wanted: Wanted) -> Iterator[Hit]:
    words = wanted.text.split()
    firms = [wanted.firms] if len(words) == 1 else map(firms_named, words)
    rows = hazards_of(wanted.actor).exclude(state=Hazard.State.DISMISSED)
    first = rows.found_last(dict(zip(words, firms, strict=True)), SHOWN + 1)
    shown = Hazard.objects.filter(pk__in=first).select_related("enterprise")
    for row in shown.order_by("-found_on", "-pk"):
        note = f"{row.number} · {row.enterprise.name} · {row.get_state_display()}"
        yield Hit(row.description, note, reverse("inspections:hazard", args=[row.pk]))


def _told_papers(wanted: Wanted) -> list[Document]:
    actor, ids = wanted.actor, wanted.found[PAPERS]
    if ids is None:
        return _latest(documents_of(actor).filter(wanted.among(PAPERS, "title", "number")))
    if len(ids) > LATEST:
        last = sorted(ids, reverse=True)[:LATEST]  # a key begins with the moment it was made
        found = _latest(documents_among(actor, last))
        if len(found) > SHOWN:
            return found
    return _latest(documents_among(actor, ids)) if ids else []


def _latest(rows: "QuerySet[Document]") -> list[Document]:
    return list(rows.order_by("-issued_at", "-pk").defer("content")[: SHOWN + 1])


def _papers(wanted: Wanted) -> Iterator[Hit]:
    found = _told_papers(wanted)
    # A title names its enterprise, but not its pinyin, code or principal.
    if not found and wanted.firms and len(wanted.firms) <= NEAR and not wanted.actor.is_enterprise:
        files = Enterprise.objects.filter(pk__any_of=wanted.firms)
        orgs = list(files.values_list("enterprise_org_id", flat=True))  # of closed files, too
        found = _latest(documents_of(wanted.actor).filter(enterprise_org_id__in=orgs))
    for row in found:
        note = " · ".join(filter(None, (row.number, row.get_state_display())))
        yield Hit(row.title, note, reverse("documents:paper", args=[row.pk]))


def _holders(wanted: Wanted) -> Iterator[Hit]:
    rows = SpecialOperationCertificate.objects.filter(removed_at=None)
    told = rows.filter(wanted.among(HOLDERS, "search_text")).select_related("enterprise")
    for row in told.order_by("holder_name", "pk")[: SHOWN + 1]:
        note = f"特种作业：{row.category} · {row.enterprise.name}"
        url = reverse("enterprises:certificates", args=[row.enterprise_id])
        yield Hit(row.holder_name, note, url)


def _team(wanted: Wanted) -> Iterator[Hit]:
    """Each person once, with the contract he was named for last."""
    rows = TeamMember.objects.filter(wanted.among(TEAM, "search_text"), within(wanted.actor))
    latest = rows.order_by("user_id", "-named_at").distinct("user_id").values("pk")
    shown = TeamMember.objects.filter(pk__in=latest).select_related("contract")
    for row in shown.order_by("name", "pk")[: SHOWN + 1]:
        note = f"项目组{row.get_duty_display()} · {row.get_state_display()} · {row.contract.title}"
        yield Hit(row.name, note, reverse("inspections:team", args=[row.contract_id]))


def _colleagues(wanted: Wanted) -> Iterator[Hit]:
    rows = Membership.objects.filter(org_id=wanted.actor.org_id, ended_at=None)
    for row in rows.select_related("user").order_by("pk"):
        if wanted.text.lower() in f"{name_words(row.user.name)} {row.user.username}".lower():
            url = reverse("tenancy:member", args=[row.pk])
            yield Hit(row.user.name, f"本单位{row.get_role_display()}", url)


def _contracts(wanted: Wanted) -> Iterator[Hit]:
    told = Q(title__icontains=wanted.text) | Q(number__icontains=wanted.text)
    told |= Q(provider_org__in=[body.pk for body in wanted.bodies])
    rows = ServiceContract.objects.filter(told, within(wanted.actor))
    if wanted.actor.is_provider:
        rows = rows.exclude(state=ServiceContract.State.DRAFT)
    shown = rows.select_related("provider_org").order_by("-starts_on", "-pk")
    for row in shown[: SHOWN + 1]:
        note = f"{row.number} · {row.provider_org} · {row.get_state_display()}"
        yield Hit(row.title, note, reverse("agencies:contract", args=[row.pk]))


def _providers(wanted: Wanted) -> Iterator[Hit]:
    registered = Provider.objects.in_bulk([body.pk for body in wanted.bodies])
    for body in wanted.bodies:
        if body.pk in registered:
            yield Hit(body.name, str(body.credit_code), reverse("providers:record", args=[body.pk]))


@dataclass(frozen=True, slots=True)
class Kind:
    """What is searched: who may, how it is found, and the list of all of it with who may open that."""

    name: str
    perm: str
    find: Finder
    page: str = ""
    page_perm: str = ""

    def group(self, wanted: Wanted) -> Group:
        """Return the first of what was found; the list only where there is more."""
        hits = list(islice(self.find(wanted), SHOWN + 1))
        may = wanted.actor.may(self.page_perm or self.perm)
        is_more = len(hits) > SHOWN and self.page and may
        more = f"{reverse(self.page)}?{urlencode({'q': wanted.text})}" if is_more else ""
        return Group(self.name, hits[:SHOWN], more)


KINDS = (
    Kind("企业", "enterprise_list", _firms, "enterprises:list"),
    Kind("隐患", "hazard_view", _hazards, "inspections:ledger", "hazard_ledger"),
    Kind("文书", "document_view", _papers, "documents:list"),
    Kind("项目组人员", "supervision_view", _team),
    Kind("特种作业人员", "enterprise_view", _holders),
    Kind("本单位人员", "people_manage", _colleagues),
    Kind("合同", "contract_view", _contracts),
    Kind("服务机构", "provider_view", _providers, "providers:list"),
)


def groups(actor: Actor, text: str) -> list[Group]:
    """Return what the actor may see that `text` tells of, kind by kind; nothing for a single character."""
    if not LEAST <= len(text) <= MOST or not is_storable(text):
        return []
    wanted = Wanted(actor, text)
    found = [kind.group(wanted) for kind in KINDS if actor.may(kind.perm)]
    return [group for group in found if group.hits]


def context(actor: Actor, text: str) -> dict[str, Any]:
    """Return what the page and its fragment show."""
    wanted = text.strip()
    return {
        "q": text,
        "groups": groups(actor, wanted),
        "is_short": bool(wanted) and len(wanted) < LEAST,
        "is_long": len(wanted) > MOST,
        "most": MOST,
    }

"""What waits for an enterprise."""

from django.db.models import Exists, OuterRef

from agencies.models import ChoiceInvite
from documents.handing_over import awaiting, awaiting_by_hand
from documents.models import Document
from home.sources.base import ENTERPRISE, Rows, Source, of_firm
from inspections.models import Hazard
from scoring.models import PointAppeal, PointSheet, PointTraining, Questionnaire, SelfCheck
from tenancy import clock
from tenancy.actors import Actor


def _choices(actor: Actor) -> Rows:
    rows = of_firm(ChoiceInvite, actor, choice=None, round__state="open")
    return rows.exclude(asked_at=None)


def _papers(actor: Actor) -> Rows:
    """Those it may sign for here; a regulator's without its consent are brought to it by hand."""
    return of_firm(Document, actor).filter(awaiting()).exclude(awaiting_by_hand())


def _sheets(actor: Actor) -> Rows:
    """Points it may still speak against, while its days last and it has said nothing."""
    rows = of_firm(PointSheet, actor).exclude(state=PointSheet.State.DRAFT)
    said = PointAppeal.objects.filter(sheet=OuterRef("pk"))
    return rows.filter(~Exists(said), appeal_until__gte=clock.day_of_row())


SOURCES = (
    Source(
        "rectify", "要整改的隐患", "rectification_submit", (ENTERPRISE,),
        lambda a: of_firm(Hazard, a, state__in=Hazard.DUE_STATES),
        "inspections:hazard", due="due_on", words="place",
    ),
    Source(
        "choice", "选择服务机构", "provider_choose", (ENTERPRISE,), _choices,
        "agencies:choose", due="round__closes_on", words="round__title",
    ),
    Source(
        "questionnaire", "评价服务机构", "questionnaire_fill", (ENTERPRISE,),
        lambda a: of_firm(Questionnaire, a, filed_at=None, opened_at=None),
        "scoring:questionnaire", due="due_on", words="provider_name",
    ),
    Source(
        "paper", "等签收的文书", "receipt_give", (ENTERPRISE,), _papers,
        "documents:receipt", words="title",
    ),
    Source(
        "sheet", "可以陈述申辩的记分", "points_own", (ENTERPRISE,), _sheets,
        "scoring:sheet", due="appeal_until", words="place",
    ),
    Source(
        "training", "没有做完的记分培训", "points_own", (ENTERPRISE,),
        lambda a: of_firm(
            PointTraining, a, state=PointTraining.State.OPEN, kind=PointTraining.Kind.ONLINE
        ),
        "scoring:training", words="person_name",
    ),
    Source(
        "self_check", "没有做完的对表自查", "points_own", (ENTERPRISE,),
        lambda a: of_firm(SelfCheck, a, finished_at=None),
        "scoring:self-check-round", words="started_by_name",
    ),
)  # fmt: skip

"""Acts that wait for an enterprise's people."""

from collections.abc import Callable

from django.urls import reverse

from agencies.models import (
    ChoiceInvite,
    ChoiceOffer,
)
from agencies.services import (
    provider_choose,
)
from common.scope import acting_as
from documents.handing_over import receipt_give
from documents.models import Document
from scoring.services import (
    appeal_waive,
    self_check_begin,
    training_answer,
    training_begin,
)
from tests import county as counties
from tests.county import County
from tests.home.turns.base import NOW, Story, given, mend, opened_round
from tests.scoring import evaluated


def rectify(c: County) -> Story:
    [hazard] = counties.issued(c)
    yield c.principal, reverse("inspections:submit", args=[hazard.pk])
    mend(c, hazard)


def choice(c: County) -> Story:
    opened_round(c)
    yield c.principal, 'name="offer'
    with acting_as(c.principal):
        invite = ChoiceInvite.objects.select_related("round").get()
        provider_choose(actor=c.principal, invite=invite, offer_id=ChoiceOffer.objects.all()[0].pk)


def questionnaire(c: County) -> Story:
    evaluated.asking(c)
    yield c.principal, "提交"
    evaluated.answer(c, [8] * 10)


def paper(c: County) -> Story:
    counties.issued(c)
    yield c.principal, 'name="person_name"'
    with acting_as(c.principal):
        one = Document.objects.get(kind="suggestion")
        receipt_give(
            actor=c.principal, document=one, how="page", person_name="张", person_post="厂长"
        )


def sheet(c: County) -> Story:
    found = given(c)
    yield c.principal, reverse("scoring:appeal-new", args=[found.pk])
    with acting_as(c.principal):
        appeal_waive(actor=c.principal, sheet=found)


def training(c: County) -> Story:
    given(c)
    with acting_as(c.principal):
        found = training_begin(actor=c.principal, enterprise=c.enterprises[0], person_name="张")
    yield c.principal, 'type="radio"'
    with acting_as(c.principal):
        answers = {str(n): "x" for n in range(1, len(found.questions) + 1)}
        training_answer(actor=c.principal, training=found, answers=answers)


def self_check(c: County) -> Story:
    with acting_as(c.principal):
        found = self_check_begin(actor=c.principal, enterprise=c.enterprises[0])
    yield c.principal, 'method="post"'
    with acting_as(c.principal):
        type(found).objects.filter(pk=found.pk).update(finished_at=NOW)  # 76 clauses answered


STORIES: dict[str, Callable[[County], Story]] = {
    "rectify": rectify, "choice": choice, "questionnaire": questionnaire, "paper": paper,
    "sheet": sheet, "training": training, "self_check": self_check,
}  # fmt: skip

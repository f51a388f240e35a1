"""Questions from the clauses of a rule book: what is a clause about, and what does it cost.

A question is JSON: the clause's code, its kind, the choices in the order they are shown. The right
answer is not in it; `marks` reads it from what the question was made of.
"""

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import Any

from scoring.models import RuleClause

QUESTIONS = 10
CHOICES = 4
PASS_SCORE = 80  # of 100 [proposal]
LETTERS = "ABCD"


def questions_of(
    clauses: Sequence[RuleClause], own: Collection[str], rng: Random
) -> list[dict[str, Any]]:
    """Return the questions of one session; those about clauses the enterprise was given first."""
    first = [clause for clause in clauses if clause.code in own]
    rest = [clause for clause in clauses if clause.code not in own]
    rng.shuffle(first)
    rng.shuffle(rest)
    chosen = [*first[: QUESTIONS // 2], *rest][:QUESTIONS]
    rng.shuffle(chosen)
    makers = (_about_item, _about_points, _about_mending)
    return [makers[n % len(makers)](clause, clauses, rng) for n, clause in enumerate(chosen)]


def _about_item(clause: RuleClause, clauses: Sequence[RuleClause], rng: Random) -> dict[str, Any]:
    others = sorted({one.item_name for one in clauses} - {clause.item_name})
    return _question(
        clause, "item", f"“{clause.text}”属于哪一记分事项？", clause.item_name, others, rng
    )


def _about_points(clause: RuleClause, clauses: Sequence[RuleClause], rng: Random) -> dict[str, Any]:
    others = [f"{value}分" for value in ("0.5", "1.0", "2.0", "3.0", "6.0")]
    right = f"{clause.points:.1f}分"
    text = f"“{clause.text}”，每次记多少分？"
    return _question(clause, "points", text, right, [o for o in others if o != right], rng)


def _about_mending(
    clause: RuleClause, clauses: Sequence[RuleClause], rng: Random
) -> dict[str, Any]:
    text = f"“{clause.text}”，按期整改合格后怎样处理？"
    return _question(clause, "mending", text, MENDING[clause.is_reducible], OTHER_MENDING, rng)


MENDING = {True: "可以减免部分记分", False: "不予减免"}
OTHER_MENDING = sorted([*MENDING.values(), "全部记分立即清除", "由企业自行决定"])


def _question(
    clause: RuleClause, kind: str, text: str, right: str, others: Sequence[str], rng: Random
) -> dict[str, Any]:
    wrong = [one for one in others if one != right]
    choices = [right, *rng.sample(wrong, min(CHOICES - 1, len(wrong)))]
    rng.shuffle(choices)
    return {
        "clause": clause.pk, "code": clause.code, "kind": kind, "text": text, "choices": choices,
    }  # fmt: skip


def right_answer(question: Mapping[str, Any], clause: RuleClause) -> str:
    """Return the right choice of a question."""
    if question["kind"] == "item":
        return clause.item_name
    if question["kind"] == "points":
        return f"{clause.points:.1f}分"
    return MENDING[clause.is_reducible]


def marks(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, str]) -> int:
    """Return the mark of answers {number from 1: letter}, of 100."""
    clauses = RuleClause.objects.in_bulk([question["clause"] for question in questions])
    right = 0
    for number, question in enumerate(questions, start=1):
        place = LETTERS.find(answers.get(str(number), "").strip().upper() or "?")
        chosen = question["choices"][place] if 0 <= place < len(question["choices"]) else ""
        right += chosen == right_answer(question, clauses[question["clause"]])
    return right * 100 // max(len(questions), 1)

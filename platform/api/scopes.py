"""What a token may be allowed: a noun to read, or to write; and which roles can give that away."""

from collections.abc import Iterable
from dataclasses import dataclass

from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of thing that `/api/v1/` hands out; the permissions behind reading and writing it."""

    name: str
    label: str
    reads: tuple[str, ...]
    writes: tuple[str, ...] = ()


NOUNS = (
    Noun("enterprises", "企业档案", ("enterprise_view",), ("enterprise_edit",)),
    Noun("contracts", "合同和批次", ("contract_view",)),
    Noun("assignments", "指派", ("assignment_view",), ("assignment_withdraw", "inspector_assign")),
    Noun("visits", "检查", ("visit_view",), ("hazard_confirm",)),
    Noun(
        "hazards", "隐患", ("hazard_view",),
        (
            "rectification_submit", "enter_for", "hazard_recheck", "handed_recheck",
            "extension_request", "extension_answer",
        ),
    ),
    Noun("meetings", "会议", ("meeting_view",), ("meeting_manage",)),
    Noun("teams", "项目组", ("supervision_view",), ("team_confirm",)),
    Noun(
        "visit-plans", "评估计划", ("supervision_view",), ("visit_plan_edit", "visit_plan_approve")
    ),
    Noun("reviews", "专家审核", ("expert_review_view",)),
    Noun("disclosures", "交底书", ("supervision_view",), ("disclosure_acknowledge",)),
    Noun("corrections", "更正", ("hazard_view",), ("hazard_correct", "correction_answer")),
    Noun("historical-hazards", "历史隐患", ("historical_view",), ("historical_settle",)),
    Noun("obligations", "服务事项", ("obligation_view",), ("obligation_accept",)),
    Noun("payments", "付款决定", ("payment_view",)),
    Noun("documents", "文书", ("document_view",), ("receipt_give", "receipt_record")),
    Noun("points", "记分", ("points_view", "points_own")),
    Noun("appraisals", "考评结果", ("appraisal_view", "appraisal_own")),
    Noun("providers", "服务机构和机构状态", ("provider_view", "standing_view")),
    Noun("library", "机构库", ("library_view",)),
    Noun("notifications", "消息", ("document_view",), ("document_view",)),
    Noun("jobs", "作业进度", ("job_view",)),
)  # fmt: skip
WAYS = {"read": "读取", "write": "办理"}


def scopes_of(actor: Actor) -> list[tuple[str, str]]:
    """Return (scope, label) of everything that the actor's role may do through the interface."""
    found = []
    for noun in NOUNS:
        for way, perms in (("read", noun.reads), ("write", noun.writes)):
            if any(actor.may(perm) for perm in perms):
                found.append((f"{noun.name}:{way}", f"{noun.label}：{WAYS[way]}"))
    return found


def words_of(scopes: Iterable[str]) -> list[str]:
    """Say in a line for each way what a token is let in for."""
    given = {tuple(scope.split(":", 1)) for scope in scopes}
    ways = {noun: {way for name, way in given if name == noun.name} for noun in NOUNS}
    lines = (
        ("读取和办理", {"read", "write"}), ("只读", {"read"}), ("只办理", {"write"})
    )  # fmt: skip
    found = ((words, [n.label for n in NOUNS if ways[n] == wanted]) for words, wanted in lines)
    return [f"{words}：{'、'.join(labels)}" for words, labels in found if labels]

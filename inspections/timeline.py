"""Everything that happened to a hazard, in order: who, when, what."""

from dataclasses import dataclass
from datetime import datetime

from audit.models import AuditEntry
from inspections.corrections import applied_of, changes_of
from inspections.models import Hazard

WORDS = {
    "hazard.found": "登记隐患",
    "hazard.edit": "修改文字",
    "hazard.issue": "确认并交底",
    "hazard.dismiss": "不予认定",
    "hazard.submit": "提交整改",
    "hazard.close": "复查通过，销号",
    "hazard.send_back": "复查未通过，退回",
    "hazard.overdue": "逾期",
    "hazard.major_report": "重大隐患书面报告",
    "hazard.withdraw": "撤销",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    at: datetime
    who: str
    what: str
    more: str = ""


def timeline_of(hazard: Hazard) -> list[Happening]:
    """Return what happened, newest last; an enterprise sees it from the issue on."""
    found: list[Happening] = []
    acts = AuditEntry.objects.filter(
        subject_type="inspections.hazard", subject_id=str(hazard.pk)
    ).order_by("id")
    for act in acts:
        more = "" if act.act in ("hazard.found", "hazard.overdue") else act.summary
        found.append(Happening(act.at, act.actor_name, WORDS.get(act.act, act.act), more))
    for extension in hazard.extensions.all():
        words = f"申请延期至{extension.wanted_on:%Y-%m-%d}"
        found.append(
            Happening(extension.asked_at, extension.asked_by_name, words, extension.reason)
        )
        if extension.answered_at:
            answer = f"{extension.get_state_display()}延期"
            found.append(
                Happening(
                    extension.answered_at, extension.answered_by_name, answer, extension.answer
                )
            )
    for correction in applied_of(hazard):
        lines = [
            f"{c.label}：{c.before or '（空）'} → {c.after or '（空）'}"
            for c in changes_of(correction)
        ]
        more = (
            correction.reason
            if correction.is_withdrawal
            else "；".join([*lines, correction.reason])
        )
        assert correction.applied_at is not None  # applied
        what = f"{correction.get_kind_display()}，第{correction.version}次"
        found.append(Happening(correction.applied_at, correction.applied_by_name, what, more))
    return sorted(found, key=lambda happening: happening.at)

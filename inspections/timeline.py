"""Everything that happened to a hazard, in order: who, when, what."""

from dataclasses import dataclass
from datetime import datetime

from audit.models import AuditEntry
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
    return sorted(found, key=lambda happening: happening.at)

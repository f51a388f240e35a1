"""The messages of an inbox: by what they are about, unread or all."""

from django.db.models import Q, QuerySet

from notifications.models import Notification
from notifications.services import inbox
from tenancy.actors import Actor

# What the first word of a message's kind is about.
TOPICS = {
    "deadline": "期限提醒",
    "hazard": "隐患和整改",
    "visits": "检查和计划",
    "contract": "合同和项目",
    "points": "记分",
    "appraisal": "考评",
    "complaint": "投诉举报",
    "paper": "文书和印章",
    "provider": "服务机构",
    "brief": "工作周报",
}
WORDS = {
    "hazard": ("hazard", "extension"),
    "visits": ("assignment", "visitplan", "team", "meeting", "draw", "referral", "order"),
    "contract": (
        "contract", "payment", "plan", "procurement", "choice", "batch", "review", "disclosure",
    ),
    "complaint": ("complaint", "breach"),
    "paper": ("document", "seal"),
    "provider": ("credential", "standing", "library", "cross_region", "report"),
}  # fmt: skip
BADGE = 99  # beyond it is said that there are more


def messages(actor: Actor, topic: str = "", *, unread: bool = False) -> QuerySet[Notification]:
    """Return the messages of the actor's inbox, of one topic, perhaps only those nobody read."""
    rows = inbox(actor)
    if topic in TOPICS:
        rows = rows.filter(_about(topic))
    return rows.filter(read_at=None) if unread else rows


def _about(topic: str) -> Q:
    found = Q()
    for word in WORDS.get(topic, (topic,)):
        found |= Q(kind=word) | Q(kind__startswith=f"{word}.")
    return found


def unread_count(actor: Actor) -> int:
    """Return how many messages nobody has read, up to BADGE + 1."""
    return inbox(actor).filter(read_at=None).order_by()[: BADGE + 1].count()

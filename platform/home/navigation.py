"""The three front doors' menus: a line per place, shown to the roles that may go there.

What has many places is grouped; a group is folded unless one is in it, or was opened in it before.
"""

from collections.abc import Callable
from dataclasses import dataclass

from agencies.choice_state import invites_to_choose
from tenancy.actors import Actor
from tenancy.enums import OrgKind


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    title: str
    url_name: str
    icon: str
    perm: str = ""
    # Shown only while it leads to something.
    when: Callable[[Actor], bool] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together; without a title they stand above all others."""

    title: str
    entries: tuple[Entry, ...]


def _may_choose(actor: Actor) -> bool:
    return bool(invites_to_choose(actor))


_FRONT = Entry("首页", "home:front", "home")
_PEOPLE = Entry("人员", "tenancy:people", "users", "people_manage")
_FIELD = Entry("现场检查", "field:app", "device-mobile", "visit_log")
_REFUSED = Entry("手机未入账", "field:refused", "mobiledata-off", "visit_log")
_OUTSIDE = Entry("外部系统导出", "inspections:outside-list", "file-export", "outside_export")
_WEBHOOKS = Entry("事件推送", "webhooks:list", "webhook", "webhook_manage")
_MESSAGES = Entry("消息设置", "notifications:settings", "bell-cog")
_TAKEOUT = Entry("全部数据导出", "home:takeout-list", "package-export", "data_take")
_INBOX = Entry("待办和消息", "home:inbox", "inbox")

MENUS: dict[str, tuple[Group, ...]] = {
    OrgKind.AGENCY: (
        Group(
            "",
            (
                _FRONT,
                _INBOX,
                Entry("工作周报", "home:brief", "report-analytics", "brief_view"),
            ),
        ),
        Group(
            "购买服务",
            (
                Entry("购买计划", "agencies:plan-list", "calendar-dollar", "plan_view"),
                Entry("采购项目", "agencies:procurement-list", "shopping-cart", "procurement_view"),
                Entry("合同", "agencies:contract-list", "file-text", "contract_view"),
            ),
        ),
        Group(
            "企业和隐患",
            (
                Entry("企业", "enterprises:list", "building-factory-2", "enterprise_list"),
                Entry("隐患台账", "inspections:ledger", "alert-triangle", "hazard_ledger"),
                Entry(
                    "延期申请", "inspections:extension-list", "calendar-plus", "extension_answer"
                ),
                Entry("更正", "inspections:correction-list", "pencil-check", "correction_answer"),
            ),
        ),
        Group(
            "检查和执法",
            (
                _FIELD,
                _REFUSED,
                Entry("疑点", "inspections:sign-list", "zoom-question", "sign_view"),
                Entry(
                    "投诉举报",
                    "inspections:complaint-list",
                    "message-exclamation",
                    "complaint_handle",
                ),
                Entry("执法检查", "inspections:referral-list", "gavel", "enforcement_view"),
            ),
        ),
        Group(
            "记分",
            (
                Entry("记分", "scoring:points", "list-numbers", "points_view"),
                Entry("满分事件", "scoring:events", "flag", "points_view"),
                Entry("陈述申辩", "scoring:appeals", "message-2", "points_view"),
                Entry("记分表", "scoring:books", "book", "points_view"),
            ),
        ),
        Group(
            "服务机构",
            (
                Entry("服务机构", "providers:list", "briefcase", "provider_view"),
                Entry("年度考评", "scoring:appraisals", "medal", "appraisal_view"),
                Entry("考评方案", "scoring:schemes", "ruler-measure", "appraisal_view"),
                Entry("机构库", "agencies:library", "books", "library_view"),
                Entry("机构状态", "providers:standing-list", "shield-exclamation", "standing_view"),
                Entry("业绩报告", "providers:reports", "report", "report_view"),
                Entry("跨区域告知", "providers:notices", "map-pin-share", "cross_region_view"),
            ),
        ),
        Group(
            "文书和记录",
            (
                Entry("文书", "documents:list", "files", "document_view"),
                Entry("印章和签名", "documents:seals", "rubber-stamp", "seal_view"),
                Entry("操作日志", "chain:log", "history", "audit_view"),
                Entry("授权清单", "agencies:who-sees", "user-check", "audit_view"),
                _OUTSIDE,
                _TAKEOUT,
            ),
        ),
        Group(
            "设置",
            (
                _PEOPLE,
                _MESSAGES,
                Entry("工作日历", "inspections:calendar", "calendar", "calendar_view"),
                _WEBHOOKS,
            ),
        ),
    ),
    OrgKind.PROVIDER: (
        Group(
            "",
            (
                _FRONT,
                _INBOX,
                Entry("我的任务", "inspections:my-assignments", "checklist", "my_assignments"),
                _FIELD,
            ),
        ),
        Group(
            "合同和隐患",
            (
                Entry("合同", "agencies:contract-list", "file-text", "contract_view"),
                Entry("采购结果", "agencies:own-offers", "award", "offer_own"),
                Entry("待复查", "inspections:recheck-list", "refresh", "hazard_recheck"),
                Entry("隐患台账", "inspections:ledger", "alert-triangle", "hazard_ledger"),
                Entry("更正", "inspections:correction-list", "pencil-check", "visit_reopen"),
                _REFUSED,
            ),
        ),
        Group(
            "本机构",
            (
                Entry("本机构", "providers:own", "briefcase", "my_assignments"),
                Entry("年度考评", "scoring:own-appraisals", "medal", "appraisal_own"),
                Entry("机构库", "agencies:library", "books", "library_view"),
                Entry("机构状态", "providers:standing-list", "shield-exclamation", "standing_view"),
                Entry("业绩报告", "providers:reports", "report", "report_view"),
                Entry("跨区域告知", "providers:notices", "map-pin-share", "cross_region_view"),
            ),
        ),
        Group(
            "文书和记录",
            (
                Entry("文书", "documents:list", "files", "document_view"),
                Entry("印章和签名", "documents:seals", "rubber-stamp", "seal_view"),
                _OUTSIDE,
                _TAKEOUT,
            ),
        ),
        Group(
            "设置",
            (
                _PEOPLE,
                _MESSAGES,
                _WEBHOOKS,
            ),
        ),
    ),
    OrgKind.ENTERPRISE: (
        Group(
            "",
            (
                Entry(
                    "要整改的", "inspections:deadlines", "alert-triangle", "rectification_submit"
                ),
                _INBOX,
                Entry(
                    "选择服务机构",
                    "agencies:choose-list",
                    "checkbox",
                    "provider_choose",
                    _may_choose,
                ),
                Entry("记分", "scoring:own", "list-numbers", "points_own"),
                Entry("评价服务机构", "scoring:questionnaires", "star", "questionnaire_fill"),
                Entry("收到的文书", "documents:list", "file-text", "document_view"),
                Entry(
                    "投诉服务机构",
                    "inspections:complaints-own",
                    "message-exclamation",
                    "complaint_make",
                ),
                _TAKEOUT,
                _WEBHOOKS,
                _MESSAGES,
                _PEOPLE,
            ),
        ),
    ),
}


def groups_for(actor: Actor) -> list[Group]:
    """Return the menu of one actor. One line alone needs no title, and no line no group."""
    seen = [(group.title, _entries(group, actor)) for group in MENUS.get(actor.kind, ())]
    return [Group(title if entries[1:] else "", entries) for title, entries in seen if entries]


def _entries(group: Group, actor: Actor) -> tuple[Entry, ...]:
    mine = (e for e in group.entries if not e.perm or actor.may(e.perm))
    return tuple(e for e in mine if e.when is None or e.when(actor))

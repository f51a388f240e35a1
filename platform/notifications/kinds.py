"""What messages there are: each kind's words and group, and how a group goes out unless chosen.

A person or a robot chooses by group and channel; the defaults are [proposal]. A kind that is not
here still arrives in the inbox, and goes out as 其他.
"""

from dataclasses import dataclass
from typing import Final

OFF, NOW, DIGEST = "off", "now", "digest"
MODES: Final = ((OFF, "不发"), (NOW, "立即"), (DIGEST, "每日汇总"))
MAIL, SMS, WECOM, DINGTALK, FEISHU = "mail", "sms", "wecom", "dingtalk", "feishu"
ROBOTS: Final = {WECOM: "企业微信机器人", DINGTALK: "钉钉机器人", FEISHU: "飞书机器人"}
CHANNELS: Final = {MAIL: "邮件", SMS: "短信", **ROBOTS}
# (a minute, a person a day) [proposal]. WeCom and DingTalk take 20 a minute of one robot.
LIMITS: Final = {MAIL: (300, 20), SMS: (60, 10), WECOM: (15, 0), DINGTALK: (15, 0), FEISHU: (15, 0)}
OTHER, MAJOR = "other", "major"


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that are chosen together, and what holds for them where nobody chose."""

    key: str
    words: str
    mail: str = DIGEST
    sms: str = OFF
    robot: str = DIGEST

    def default(self, channel: str) -> str:
        """Return how the group goes out by a channel where nothing was chosen."""
        return {MAIL: self.mail, SMS: self.sms}.get(channel, self.robot)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message; `is_urgent` holds whatever its sender says."""

    key: str
    words: str
    group: str
    is_urgent: bool = False


GROUPS: Final = {
    group.key: group
    for group in (
        Group(MAJOR, "重大隐患", mail=NOW, sms=NOW, robot=NOW),
        Group("deadline", "期限和逾期", mail=NOW),
        Group("hazard", "隐患整改和复查"),
        Group("task", "指派和检查安排"),
        Group("enforcement", "执法、投诉和约谈", mail=NOW),
        Group("points", "记分和考评"),
        Group("contract", "采购、合同和付款"),
        Group("provider", "机构库和机构状态"),
        Group("paper", "文书和用印"),
        Group("account", "账号和系统", mail=NOW, robot=OFF),
        Group(OTHER, "其他"),
    )
}
KINDS: Final = {
    kind.key: kind
    for kind in (
        Kind("hazard.major", "重大隐患", MAJOR, is_urgent=True),
        Kind("hazard.major_report", "重大隐患书面报告", MAJOR, is_urgent=True),
        Kind("hazard.overdue", "隐患逾期", "deadline"),
        Kind("deadline.ahead", "期限提醒", "deadline"),
        Kind("deadline.late", "逾期上报", "deadline"),
        Kind("hazard.deadline_moved", "整改期限变动", "deadline"),
        Kind("credential.lapses", "证书到期", "deadline"),
        Kind("extension.asked", "延期申请", "deadline"),
        Kind("extension.answered", "延期答复", "deadline"),
        Kind("hazard.issued", "隐患已交付整改", "hazard"),
        Kind("hazard.disclosed", "隐患交底", "hazard"),
        Kind("hazard.corrected", "隐患更正", "hazard"),
        Kind("correction.refused", "更正不予同意", "hazard"),
        Kind("hazard.submitted", "整改已提交", "hazard"),
        Kind("batch.recheck_complete", "批次复查完成", "hazard"),
        Kind("assignment.inspector", "评估人员安排", "task"),
        Kind("batch.assigned", "企业指派", "task"),
        Kind("assignment.withdrawn", "指派撤回", "task"),
        Kind("assignment.restored", "指派恢复", "task"),
        Kind("visit.reopening", "重新打开检查", "task"),
        Kind("work_handed_over", "工作移交", "task"),
        Kind("deputy_named", "代理", "task"),
        Kind("meeting.planned", "会议", "task"),
        Kind("team.moved", "项目组变动", "task"),
        Kind("visitplan.moved", "检查计划", "task"),
        Kind("review.next", "专家审核", "task"),
        Kind("review.moved", "专家审核结果", "task"),
        Kind("disclosure.made", "交底书待签收", "task"),
        Kind("disclosure.acknowledged", "交底书已签收", "task"),
        Kind("draw.frozen", "抽查名单", "task"),
        Kind("draw.numbered", "抽查随机数", "task"),
        Kind("order.issued", "责令整改", "enforcement"),
        Kind("referral.listed", "移交执法", "enforcement"),
        Kind("complaint.received", "投诉举报", "enforcement"),
        Kind("complaint.answered", "投诉答复", "enforcement"),
        Kind("breach.moved", "违约行为", "enforcement"),
        Kind("points.interview", "约谈通知", "enforcement"),
        Kind("points.given", "记分告知", "points"),
        Kind("points.threshold", "记满分值", "points"),
        Kind("points.appeal", "陈述申辩", "points"),
        Kind("points.appeal_decided", "陈述申辩答复", "points"),
        Kind("appraisal.self", "自评", "points"),
        Kind("appraisal.questionnaire", "评价问卷", "points"),
        Kind("appraisal.notice", "考评结果告知", "points"),
        Kind("appraisal.decided", "考评结果", "points"),
        Kind("appraisal.objection", "考评异议", "points"),
        Kind("appraisal.answer", "考评异议答复", "points"),
        Kind("plan.approved", "购买计划", "contract"),
        Kind("procurement.awarded", "采购结果", "contract"),
        Kind("contract.active", "合同生效", "contract"),
        Kind("contract.handed_over", "合同移交", "contract"),
        Kind("contract.obligation", "合同义务", "contract"),
        Kind("contract.accepted", "合同验收", "contract"),
        Kind("payment.proposed", "付款待审批", "contract"),
        Kind("payment.decided", "付款决定", "contract"),
        Kind("choice.round", "选择服务机构", "contract"),
        Kind("choice.made_for", "代选服务机构", "contract"),
        Kind("library.change", "机构库变动", "provider"),
        Kind("standing", "机构状态", "provider"),
        Kind("cross_region", "跨区域执业告知", "provider"),
        Kind("seal.asked", "用印申请", "paper"),
        Kind("document.receipt", "文书签收", "paper"),
        Kind("enterprise.claim", "认领单", "account"),
        Kind("second_factor_reset", "两步验证重设", "account", is_urgent=True),
        Kind("robot.off", "消息机器人停用", "account"),
        Kind("takeout", "全部数据导出", "account"),
        Kind("webhook_off", "事件推送停用", "account"),
        Kind("brief.weekly", "工作周报", "other"),
    )
}


def group_of(kind: str) -> Group:
    """Return the group of a kind, 其他 for one that is not known."""
    known = KINDS.get(kind)
    return GROUPS[known.group if known else OTHER]


def words_of(kind: str) -> str:
    """Return a kind's words."""
    known = KINDS.get(kind)
    return known.words if known else GROUPS[OTHER].words

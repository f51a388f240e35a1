"""Which tables go into an archive of an organisation's own data, whose rows, and what stays out.

Every model of ours stands in TAKEN or in NOT_TAKEN: tests/home/test_takeout.py fails for a new one
until somebody has decided. By names, since neighbours of this package must not be imported.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from tenancy.actors import Actor
from tenancy.models import TenantModel

# folder: its kinds of row, those that others point at first
TAKEN: dict[str, tuple[str, ...]] = {
    "01 单位和人员": (
        "tenancy.organization", "tenancy.agency", "tenancy.membership", "tenancy.invitation",
        "tenancy.officercertificate", "tenancy.grant", "tenancy.calendarday",
    ),
    "02 企业": (
        "enterprises.enterprise", "enterprises.riskpoint",
        "enterprises.specialoperationcertificate", "enterprises.enterpriseimport",
        "enterprises.columnmatch", "enterprises.claimcode", "enterprises.enterprisemerge",
        "enterprises.nophone", "enterprises.enteredact", "documents.deliveryconsent",
    ),
    "03 服务机构": (
        "providers.provider", "providers.qualification", "providers.staffcertificate",
        "providers.performancereport", "providers.crossregionnotice", "providers.providerrules",
        "providers.standingdecision", "providers.standingstatement", "agencies.libraryclass",
        "agencies.libraryprovider", "agencies.librarychange", "agencies.servicetie",
    ),
    "04 采购和合同": (
        "agencies.purchaseplan", "agencies.purchaseplanitem", "agencies.procurement",
        "agencies.procurementlot", "agencies.awardcriterion", "agencies.offer",
        "agencies.offerscore", "agencies.servicecontract", "agencies.servicebatch",
        "agencies.assignment", "agencies.choiceround", "agencies.choiceoffer",
        "agencies.choiceinvite", "agencies.providerchoice", "agencies.paymentstage",
        "agencies.paymentdecision", "agencies.obligation", "agencies.obligationdelivery",
        "agencies.obligationacceptance", "agencies.conflictreason", "agencies.publication",
    ),
    "05 检查和隐患": (
        "inspections.libraryentry", "inspections.checklisttemplate", "inspections.checklistitem",
        "inspections.visit", "inspections.visitmember", "inspections.visittrack",
        "inspections.answer", "inspections.hazard", "inspections.rectification",
        "inspections.extension", "inspections.recheck", "inspections.hazardcorrection",
        "inspections.visitreopening", "inspections.historicalhazard", "inspections.photomatch",
        "inspections.sign", "inspections.signthresholds",
    ),
    "06 服务过程": (
        "inspections.guidancetopic", "inspections.acceptancecriterion", "inspections.teammember",
        "inspections.visitplan", "inspections.planchange", "inspections.meeting",
        "inspections.meetingattendance", "inspections.guidancerecord",
        "inspections.criterionfinding", "inspections.expertreview", "inspections.expertopinion",
        "inspections.disclosure", "inspections.disclosureitem", "inspections.supervisionrules",
        "inspections.spotcheckdraw", "inspections.spotcheck", "inspections.spotcheckpair",
        "inspections.complaint", "inspections.verifiedbreach", "inspections.outsideexport",
    ),
    "07 执法": (
        "inspections.enforcementreferral", "inspections.referralfact",
        "inspections.enforcementplan", "inspections.rectificationorder",
    ),
    "08 记分和考评": (
        "scoring.rulebook", "scoring.ruleclause", "scoring.gravityvariant", "scoring.pointcycle",
        "scoring.pointsheet", "scoring.pointentry", "scoring.pointevent", "scoring.thresholdevent",
        "scoring.sheetdraft", "scoring.consequence", "scoring.interview", "scoring.pointtraining",
        "scoring.pointappeal", "scoring.pointappealitem", "scoring.pointpresentation",
        "scoring.noticeboard", "scoring.effectmonth", "scoring.selfcheck", "scoring.selfcheckitem",
        "scoring.appraisalscheme", "scoring.schemeindicator", "scoring.appraisal",
        "scoring.appraisalevidence", "scoring.appraisalcorrection", "scoring.appraisalobjection",
        "scoring.selfevaluation", "scoring.questionnaire", "scoring.thirdpartyreview",
        "scoring.inquiryrecord",
    ),
    "09 文书和证据": (
        "documents.document", "documents.receipt", "documents.numberseries",
        "documents.sealapproval", "documents.wordtemplate", "evidence.photo",
        "evidence.attachment",
    ),
    "10 操作日志": (
        "audit.auditentry", "audit.seal", "chain.verification", "home.deadlinerules",
        "home.deadlinewarning", "home.briefsent", "webhooks.endpoint",
    ),
}  # fmt: skip

_QUEUE = "平台自身的排队和发送记录，办完即无用"
_SUM = "由其他表计算得出的合计，可以重新计算"
_COPY = "已公开内容的副本，原件在其他表里"
_SECRET = "登录和访问用的密钥，只在本平台有效"
NOT_TAKEN: dict[str, str] = {
    "accounts.user": "账号和密码属于个人，不属于单位；姓名写在“身份”表里",
    "accounts.pastpassword": _SECRET,
    "agencies.assignmenttally": _SUM,
    "agencies.assignmentuserobjectpermission": "人员授权在“授权清单”另行导出",
    "agencies.contractuserobjectpermission": "人员授权在“授权清单”另行导出",
    "api.apitoken": _SECRET,
    "api.keptanswer": _QUEUE,
    "audit.dailyhead": "全平台公布的链头，公开页可下载",
    "audit.publishedday": "全平台公布的链头，公开页可下载",
    "audit.unsealed": _QUEUE,
    "documents.seal": "印模不离开平台，防止被冒用；用印审批已导出",
    "home.calendarfeed": _SECRET,
    "home.dataarchive": "导出记录本身",
    "inspections.drawpublication": _COPY,
    "inspections.drawsecret": "未开奖前的抽查密数；公布后写在“抽查”表里",
    "inspections.fieldfile": "手机上传的过程记录，文件在照片和附件里",
    "inspections.fieldoperation": "手机上传的操作流水，结果已在各表",
    "inspections.hazardtally": _SUM,
    "notifications.channel": _QUEUE,
    "notifications.choice": "个人的消息设置",
    "notifications.delivery": _QUEUE,
    "notifications.dispatch": _QUEUE,
    "notifications.notification": "个人收到的消息",
    "notifications.phone": "个人的接收号码",
    "notifications.receiver": "个人的消息设置",
    "notifications.robot": "消息机器人的地址含密钥",
    "providers.performancereportpublication": _COPY,
    "scoring.publishedgrade": _COPY,
    "webhooks.attempt": _QUEUE,
    "webhooks.delivery": _QUEUE,
    "webhooks.position": _QUEUE,
    "workflow.job": _QUEUE,
    "workflow.jobpart": _QUEUE,
    "workflow.worktask": _QUEUE,
}

# columns that stay out of a table that goes
LEFT_OUT: dict[str, dict[str, str]] = {
    "enterprises.claimcode": {"digest": _SECRET},
    "enterprises.enterprise": {"search_text": _SUM},
    "enterprises.enterpriseimport": {"file": "原始名单含他人号码，按保存期限清除"},
    "enterprises.specialoperationcertificate": {"search_text": _SUM},
    "evidence.photo": {"reading": "缩小的阅读件，可由原件重新制作"},
    "inspections.libraryentry": {"search_text": _SUM},
    "inspections.teammember": {"search_text": _SUM},
    "tenancy.membership": {"identity": "统一认证的账号标识"},
    "tenancy.invitation": {"send_times": _QUEUE},
    "webhooks.endpoint": {
        "secret": _SECRET, "old_secret": _SECRET, "old_secret_until": _SECRET,
        "leased_until": _QUEUE,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """One table of the archive."""

    label: str
    folder: str

    @property
    def model(self) -> type[Model]:
        """The model it is made from."""
        return apps.get_model(self.label)

    @property
    def title(self) -> str:
        """Its Chinese name."""
        return str(self.model._meta.verbose_name)

    @property
    def name(self) -> str:
        """Its name in the description: small letters and dashes."""
        return self.label.replace(".", "-")


def kinds() -> list[Kind]:
    """Return all kinds, by folder."""
    return [Kind(label, folder) for folder, labels in TAKEN.items() for label in labels]


def _nothing(actor: Actor) -> Q:
    return Q(pk__in=[])


def _if_agency(field: str) -> Callable[[Actor], Q]:
    def own(actor: Actor) -> Q:
        return Q(**{field: actor.org}) if actor.is_agency else _nothing(actor)

    return own


def _own(field: str) -> Callable[[Actor], Q]:
    return lambda actor: Q(**{field: actor.org})


def _kept_or_served(prefix: str) -> Callable[[Actor], Q]:
    def own(actor: Actor) -> Q:
        if actor.is_enterprise:
            return _nothing(actor)
        return Q(**{f"{prefix}{'owner_agency' if actor.is_agency else 'provider_org'}": actor.org})

    return own


def _granted(actor: Actor) -> Q:
    """A provider's archive has the files that are open to it: all its own rows speak of them."""
    return Q() if actor.is_provider else _of_tenant(actor)


def _of_tenant(actor: Actor) -> Q:
    """Row-level security shows an agency its whole region; its own is what it keeps itself."""
    if actor.is_agency:
        return Q(owner_agency_id=actor.org)
    return Q(**{"provider_org_id" if actor.is_provider else "enterprise_org_id": actor.org})


def _all_seen(actor: Actor) -> Q:
    return Q()


SCOPES: dict[str, Callable[[Actor], Q]] = {
    "tenancy.organization": _own("pk"),
    "tenancy.agency": _own("pk"),
    "tenancy.membership": _own("org"),
    "tenancy.invitation": _own("invited_by_org"),
    "tenancy.officercertificate": _own("org"),
    "tenancy.grant": lambda a: Q(owner_agency=a.org) if a.is_agency else Q(org=a.org),
    "tenancy.calendarday": _own("agency"),
    "enterprises.enterprise": _granted,
    "enterprises.riskpoint": _granted,
    "enterprises.specialoperationcertificate": _granted,
    "providers.provider": lambda a: Q(registered_by=a.org) if a.is_agency else Q(pk=a.org),
    "agencies.publication": _if_agency("owner_agency"),
    "inspections.libraryentry": _all_seen,
    "inspections.checklisttemplate": _all_seen,
    "inspections.checklistitem": _all_seen,
    "inspections.guidancetopic": _all_seen,
    "inspections.acceptancecriterion": _all_seen,
    "scoring.rulebook": _all_seen,
    "scoring.ruleclause": _all_seen,
    "scoring.gravityvariant": _all_seen,
    "scoring.appraisalscheme": _all_seen,
    "scoring.schemeindicator": _all_seen,
    "scoring.appraisalevidence": _kept_or_served("appraisal__"),
    "documents.numberseries": _own("issuer_org"),
    "documents.sealapproval": _own("org"),
    "documents.wordtemplate": _own("org"),
    "audit.auditentry": _if_agency("agency_id"),
    "audit.seal": _if_agency("agency_id"),
    "webhooks.endpoint": _own("org"),
}


def rows_of(kind: Kind, actor: Actor) -> QuerySet[Any]:
    """Return the rows of one kind that are the actor's organisation's own; as the actor only."""
    model = kind.model
    default = _of_tenant if issubclass(model, TenantModel) else _nothing
    return model._default_manager.filter(SCOPES.get(kind.label, default)(actor)).order_by("pk")

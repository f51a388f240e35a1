from django.db import models


class OrgKind(models.TextChoices):
    """The three kinds of organisation that share the platform."""

    AGENCY = "agency", "监管机构"
    PROVIDER = "provider", "社会化服务机构"
    ENTERPRISE = "enterprise", "生产经营单位"


class Role(models.TextChoices):
    """What a membership lets a person do; `tenancy.perms` says it line by line."""

    AGENCY_ADMIN = "agency_admin", "管理员"
    AGENCY_LEADER = "agency_leader", "负责人"
    OFFICER = "officer", "行政执法人员"
    ASSISTANT = "assistant", "检查员"
    PROVIDER_ADMIN = "provider_admin", "机构管理员"
    PROJECT_LEAD = "project_lead", "项目负责人"
    INSPECTOR = "inspector", "评估人员"
    PRINCIPAL = "principal", "主要负责人"
    SAFETY_MANAGER = "safety_manager", "安全生产管理人员"


class SendBy(models.TextChoices):
    """How the link of an invitation reaches who is invited, besides being handed over."""

    MAIL = "mail", "电子邮件"
    SMS = "sms", "短信"


class SendState(models.TextChoices):
    """What became of the last sending."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已发出"
    FAILED = "failed", "未发出"


ROLES_OF = {
    OrgKind.AGENCY: (Role.AGENCY_ADMIN, Role.AGENCY_LEADER, Role.OFFICER, Role.ASSISTANT),
    OrgKind.PROVIDER: (Role.PROVIDER_ADMIN, Role.PROJECT_LEAD, Role.INSPECTOR),
    OrgKind.ENTERPRISE: (Role.PRINCIPAL, Role.SAFETY_MANAGER),
}
ADMIN_ROLES = (Role.AGENCY_ADMIN, Role.PROVIDER_ADMIN, Role.PRINCIPAL)
ADMIN_ROLE_OF = {
    OrgKind.AGENCY: Role.AGENCY_ADMIN,
    OrgKind.PROVIDER: Role.PROVIDER_ADMIN,
    OrgKind.ENTERPRISE: Role.PRINCIPAL,
}
# Whoever may order, publish or hand out rights gives a second factor: all of a regulator's people,
# and the administrators of providers (docs/security.md, 8.1.4.1).
SECOND_FACTOR_ROLES = frozenset({*ROLES_OF[OrgKind.AGENCY], Role.PROVIDER_ADMIN})

"""Registers what a person holds on site with the page on which he hands it over."""

from inspections.services import handing
from tenancy.enums import Role
from tenancy.leaving import Holding, register_holding
from tenancy.perms import PERMS

INSPECTORS = (Role.INSPECTOR, Role.PROJECT_LEAD)
ANYBODY = tuple(Role)


def register() -> None:
    """Name the kinds in the order in which they go over: who is named to a team goes on visits."""
    for holding in (
        Holding(
            "teams", "项目组", "处", handing.teams_of, ANYBODY, handing.teams_hand,
            "接手人替补进项目组，由监管部门确认后才能到场",
        ),
        Holding(
            "assignments", "企业检查任务", "家", handing.assignments_of, INSPECTORS,
            handing.assignments_hand, "未签字的检查、待复查的隐患随企业移交",
        ),
        Holding(
            "visits", "未签字的检查", "次", handing.visits_of, PERMS["visit_log"],
            handing.visits_hand, "接手人加入检查组继续完成，原检查人员仍在记录上",
        ),
        Holding(
            "complaints", "承办的投诉举报", "件", handing.complaints_of,
            PERMS["complaint_handle"], handing.complaints_hand,
        ),
        Holding(
            "plans", "现场检查方案", "份", handing.plans_of,
            note="方案已载明检查人员，停用前后请另行安排两名持证人员检查",
        ),
        Holding(
            "sendings", "手机上没有传完的记录", "批", handing.sendings_of,
            note="停用后转入“手机未入账”，由同事核对补录；手机上还没有上传的，导出后由项目负责人导入",
        ),
    ):  # fmt: skip
        register_holding(holding)

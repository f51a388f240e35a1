"""What each act is called on the page of the log: by kind of thing, then by act."""

ACTS: dict[str, tuple[str, dict[str, str]]] = {
    "access": ("访问", {"denied": "无权访问，被拒绝", "not_found": "访问不存在或他人的内容，被拒绝"}),
    "field": ("表单和手机", {"refused": "填报了他人的内容，被拒绝", "seen": "处理手机未入账内容"}),
    "agency": ("监管机构", {"create": "建立监管机构"}),
    "invitation": (
        "邀请",
        {"create": "发出邀请", "accept": "接受邀请", "revoke": "撤回邀请"},
    ),
    "membership": ("人员", {"end": "停用身份", "hand_over": "移交管理权"}),
    "token": ("接口令牌", {"make": "建立接口令牌", "revoke": "吊销接口令牌", "use": "使用接口令牌"}),
    "password": ("密码", {"link": "生成重设密码链接"}),
    "certificate": ("执法证件", {"add": "登记执法证件", "revoke": "收回执法证件"}),
    "calendar": ("工作日历", {"load": "载入放假通知"}),
    "enterprise": ("企业", {"import": "导入企业名单", "edit": "修改企业档案"}),
    "risk_point": ("风险点", {"add": "登记风险点", "remove": "撤下风险点"}),
    "special_certificate": ("特种作业证", {"add": "登记特种作业证", "remove": "撤下特种作业证"}),
    "provider": ("服务机构", {"register": "登记服务机构"}),
    "servicecontract": (
        "合同",
        {"create": "登记合同", "activate": "合同生效", "complete": "合同完成", "terminate": "合同终止"},
    ),
    "servicebatch": (
        "批次",
        {
            "create": "建立批次", "assign": "指派企业", "inspectors": "安排评估人员",
            "rules": "修改批次规则", "recheck_complete": "完成复查",
        },
    ),
    "assignment": (
        "任务",
        {
            "begin_survey": "进入排查", "begin_guidance": "进入指导", "begin_recheck": "进入复查",
            "accept": "验收", "conclude": "办结", "withdraw": "退出任务",
        },
    ),
    "visit": ("现场检查", {"start": "开始检查", "sign": "检查签字", "refuse": "企业拒绝签字"}),
    "hazard": (
        "隐患",
        {
            "found": "登记隐患", "edit": "修改隐患文字", "issue": "确认并交底", "dismiss": "不予认定",
            "submit": "提交整改", "close": "复查通过，销号", "close_on_site": "当场整改，销号",
            "find_unmended": "查明未整改", "send_back": "复查未通过，退回", "overdue": "逾期",
            "major_report": "重大隐患书面报告",
        },
    ),
    "extension": ("延期", {"ask": "申请延期", "grant": "同意延期", "refuse": "不同意延期"}),
    "guidance": ("指导", {"save": "登记指导服务"}),
    "criterion": ("九项标准", {"find": "认定标准", "clear": "收回认定"}),
    "meeting": ("会议", {"plan": "安排会议", "hold": "会议召开", "cancel": "取消会议"}),
    "draw": ("抽查", {"commit": "公布密数的哈希"}),
    "spotcheckdraw": (
        "抽查",
        {
            "freeze": "冻结名单", "give_number": "给出随机数", "draw": "抽取样本",
            "announce": "通报抽查结果",
        },
    ),
    "spotcheck": ("抽查", {"begin": "开始抽查", "submit": "抽查签字", "compare": "对照结果"}),
    "sign": ("疑点", {"dismiss": "排除疑点", "restore": "恢复疑点"}),
    "signs": ("疑点", {"update": "重新计算疑点", "thresholds": "修改疑点阈值"}),
    "referral": ("执法检查", {"list": "列入执法检查"}),
    "enforcementreferral": (
        "执法检查",
        {
            "plan": "制定检查方案", "inspect": "开展执法检查", "order": "责令限期整改",
            "close": "结案", "hand_over": "移送", "remove": "移出名单",
        },
    ),
    "rectificationorder": ("执法检查", {"answer": "出具复查意见", "finish": "复查完毕"}),
    "rulebook": ("记分", {"adopt": "启用记分规则"}),
    "pointsheet": ("记分", {"sign": "记分单签字", "refuse": "拒签记分单"}),
    "points": ("记分", {"reached_12": "满12分", "reached_18": "满18分"}),
    "photo": ("证据", {"add": "存入照片", "infected": "照片查出病毒", "infection_seen": "已处理带毒照片"}),
    "attachment": (
        "证据",
        {"add": "存入附件", "infected": "附件查出病毒", "infection_seen": "已处理带毒附件"},
    ),
    "file": ("证据", {"erase": "按规定删除文件"}),
    "document": (
        "文书",
        {
            "issue": "签发文书", "file": "文书制成文件", "render_again": "重新制作文件",
            "void": "作废文书", "receipt": "文书签收",
        },
    ),
    "consent": ("电子送达", {"record": "登记电子送达确认书", "withdraw": "撤回电子送达确认书"}),
    "seal": (
        "印章",
        {
            "register": "登记印模", "ask": "申请用印", "approve": "批准用印", "refuse": "不批准用印",
            "revoke": "收回用印批准",
        },
    ),
    "key": ("签名证书", {"rotate": "启用新证书"}),
    "word_template": ("文书模板", {"keep": "上传文书模板", "retire": "停用文书模板"}),
    "job": ("后台作业", {"start": "发起作业", "retry": "重做失败的部分"}),
    "files": ("文件导入", {"import": "导入照片和附件"}),
    "takeout": (
        "数据导出",
        {
            "start": "申请导出全部数据", "make": "导出全部数据", "download": "下载全部数据",
            "remove": "删除导出的数据",
        },
    ),
    "outsideexport": ("外部系统", {"make": "导出到外部系统"}),
    "webhook": (
        "事件推送",
        {
            "create": "登记推送地址", "change": "修改推送地址", "pause": "暂停推送", "resume": "恢复推送",
            "rotate": "更换推送密钥", "remove": "移除推送地址", "test": "发送测试事件", "resend": "重发事件",
        },
    ),
    "chain": ("存证链", {"verify": "核查存证链"}),
    "robot": (
        "消息机器人",
        {
            "save": "登记或修改机器人", "test": "发测试消息", "on": "启用机器人", "off": "停用机器人",
            "remove": "删除机器人",
        },
    ),
    "messages": (
        "消息外发",
        {
            "choose": "修改消息设置", "stop": "停发渠道", "start": "恢复渠道", "limit": "更改渠道上限",
        },
    ),
    "phone": ("接收手机", {"verify": "验证手机号", "remove": "删除手机号"}),
    "delivery": ("消息外发", {"again": "重发消息"}),
}  # fmt: skip


def act_words(act: str) -> str:
    """Return an act in words; the act itself where it has none yet."""
    thing, _, deed = act.partition(".")
    return ACTS.get(thing, ("", {}))[1].get(deed, act)


def kinds() -> dict[str, list[str]]:
    """Return for each kind of thing, by its name, how its acts begin."""
    found: dict[str, list[str]] = {}
    for thing, (name, _) in ACTS.items():
        found.setdefault(name, []).append(f"{thing}.")
    return found

"""`manage.py messages`: the operator's stop of what goes outside the page, and how it stands."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.errors import DomainError
from common.scope import acting_as
from notifications.delivery import channel_rows, is_configured
from notifications.kinds import CHANNELS
from notifications.models import Channel
from notifications.selectors import owed_by_channel
from notifications.stops import channel_limit, channel_start, channel_stop
from tenancy.actors import SYSTEM


class Command(BaseCommand):
    """Stops, starts and limits a channel; takes effect with the next letter."""

    help = "查看、停发、恢复平台以外的消息渠道，或更改其上限"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, with which channel."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("status", help="各渠道的状态和待发数")
        for name, words in (("stop", "停发"), ("start", "恢复"), ("limits", "更改上限")):
            one = acts.add_parser(name, help=words)
            one.add_argument("channel", choices=[*CHANNELS, "all"])
            if name == "stop":
                one.add_argument("--reason", required=True, help="原因，用户在消息设置页看得到")
            if name == "limits":
                one.add_argument("--per-minute", type=int)
                one.add_argument("--per-day", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it as the system; every change is an act in the audit."""
        with acting_as(SYSTEM):
            if options["act"] == "status":
                self._status()
                return
            named = options["channel"]
            for channel in CHANNELS if named == "all" else [named]:
                try:
                    row = self._act(channel, options)
                except DomainError as error:
                    raise CommandError(error.message) from None
                self.stdout.write(f"{row}：{self._state(row)}")

    def _act(self, channel: str, options: dict[str, Any]) -> Channel:
        if options["act"] == "stop":
            return channel_stop(actor=SYSTEM, channel=channel, reason=options["reason"])
        if options["act"] == "start":
            return channel_start(actor=SYSTEM, channel=channel)
        return channel_limit(
            actor=SYSTEM, channel=channel, per_minute=options["per_minute"],
            per_day=options["per_day"],
        )  # fmt: skip

    def _status(self) -> None:
        owed = owed_by_channel()
        for key, row in channel_rows().items():
            count, oldest = owed.get(key, (0, None))
            since = f"，最早 {timezone.localtime(oldest):%Y-%m-%d %H:%M}" if oldest else ""
            self.stdout.write(f"{row}：{self._state(row)}；待发 {count} 条{since}")

    def _state(self, row: Channel) -> str:
        limits = f"每分钟 {row.per_minute}" + (f"、每人每天 {row.per_day}" if row.per_day else "")
        if not is_configured(row.key):
            return "没有接通"
        if row.stopped_at:
            return f"已停发（{row.stopped_reason}），{limits}"
        if row.rests_until and row.rests_until > timezone.now():
            return f"暂歇至 {timezone.localtime(row.rests_until):%H:%M}（连续失败 {row.failures} 次），{limits}"
        return f"正常，{limits}"

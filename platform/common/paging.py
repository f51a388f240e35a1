"""Pages that cost the same at the beginning and at the end: by the last key seen, not by offset."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.db.models.functions import Coalesce
from redis.exceptions import RedisError

from common.scope import current

M = TypeVar("M", bound=Model)
MANY = 10_000
KNOWN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Window:
    """Which page of a list is asked for. A program's bad token is an error, a page's none at all."""

    size: int = 50
    after: str = ""
    before: str = ""
    is_strict: bool = False


class BadToken(ValueError):
    """A token that no list gave out."""


def window_of(query: Mapping[str, str], size: int = 50) -> Window:
    """Return what the address of a page asks for."""
    return Window(size, query.get("after", ""), query.get("before", ""))


@dataclass(frozen=True, slots=True)
class Slice(Generic[M]):
    """One page: its rows, and the tokens of the pages before and after ('' if there is none)."""

    rows: list[M]
    before: str
    after: str

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def keyset(
    queryset: QuerySet[M],
    *,
    order: Sequence[str],
    size: int = 50,
    after: str = "",
    before: str = "",
    window: Window | None = None,
    parts: Sequence[Q] = (),
    is_few: bool = False,
    keys_first: bool = False,
) -> Slice[M]:
    """Return one page of `queryset` in `order`, whose last field is unique and none null.

    A token that is not ours is treated as none: the first page; of a strict `window`, which stands
    for `size`, `after` and `before`, it raises BadToken. `parts` cut the rows into a few
    that do not overlap and have an index each: the first rows of every part are put together,
    where one index over all of them would read far more. `is_few` says that some thousand rows at
    most are there: to sort them is less than to look for them in an index over a whole province.
    `keys_first` reads the keys of the page before its rows: an index alone may hold them.
    """
    window = window or Window(size, after, before)
    size, token = window.size, window.before or window.after
    mark = _unpack(token, len(order))
    if window.is_strict and token and not mark:
        raise BadToken(token)
    backward = bool(window.before and mark)
    directed = [_turned(name) for name in order] if backward else list(order)
    if mark:
        queryset = queryset.filter(_beyond(directed, mark))
    ordered = queryset.order_by(*map(computed, directed) if is_few else directed)
    if keys_first or len(parts) > 1 or queryset.query.select_related:
        rows = _by_key(ordered, parts or [Q()], directed, size + 1)
    else:
        rows = list(ordered[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backward:
        rows.reverse()
    has_before = (more if backward else bool(mark)) and bool(rows)
    has_after = (bool(mark) if backward else more) and bool(rows)
    return Slice(
        rows,
        before=_pack(rows[0], order) if has_before else "",
        after=_pack(rows[-1], order) if has_after else "",
    )


def _by_key(queryset: QuerySet[M], parts: Sequence[Q], order: Sequence[str], size: int) -> list[M]:
    """Return the first rows by their keys alone, then with all that hangs on them.

    Together the planner may join everything before it takes the first rows.
    """
    names = [name.lstrip("-") for name in order]
    bare = queryset.select_related(None).prefetch_related(None)
    first, *rest = (bare.filter(part).values_list("pk", *names)[:size] for part in parts)
    keys = list(first.union(*rest, all=True) if rest else first)
    if rest:
        for place in reversed(range(len(order))):
            keys.sort(key=itemgetter(place + 1), reverse=order[place].startswith("-"))
    ids = [key[0] for key in keys[:size]]
    found = {row.pk: row for row in queryset.order_by().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def computed(name: str) -> OrderBy:
    """Return the same order by what no index holds: a few rows are sorted sooner than looked for."""
    field = F(name.lstrip("-"))
    return OrderBy(Coalesce(field, field), descending=name.startswith("-"))


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], mark: Sequence[Any]) -> Q:
    condition, equal = Q(), Q()
    for name, value in zip(order, mark, strict=True):
        field, way = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        condition |= equal & Q(**{f"{field}__{way}": value})
        equal &= Q(**{field: value})
    return condition


def _pack(row: Model, order: Sequence[str]) -> str:
    values = []
    for name in order:
        value: Any = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        # To the microsecond: JSON's own three digits would lose or repeat rows of one millisecond.
        values.append(value.isoformat() if isinstance(value, datetime) else value)
    text = json.dumps(values, cls=DjangoJSONEncoder)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpack(token: str, length: int) -> list[Any] | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, UnicodeDecodeError):
        return None
    good = isinstance(values, list) and len(values) == length
    return values if good and all(isinstance(v, str | int) for v in values) else None


def count_up_to(queryset: QuerySet[Any], limit: int = MANY) -> int:
    """Count exactly up to `limit`; `limit` + 1 stands for more.

    That there are more than MANY is remembered for each actor and question for five minutes, for to
    find it out reads so many rows each time; so a list that shrinks below says "more" that long.
    """
    rows = queryset.order_by()[: limit + 1]
    if limit < MANY:
        return rows.count()
    try:
        return _count_many(rows, limit)
    except EmptyResultSet:
        return 0
    except (RedisError, OSError):
        return rows.count()


def _count_many(rows: QuerySet[Any], limit: int) -> int:
    actor = current.get()
    asked = repr((rows.query.sql_with_params(), actor and actor.scope(), limit))
    key = f"more-than:{hashlib.sha256(asked.encode()).hexdigest()}"
    if cache.get(key):
        return limit + 1
    found = rows.count()
    if found > limit:
        cache.set(key, True, KNOWN_SECONDS)
    return found


@dataclass(frozen=True, slots=True)
class Counting:
    """One statement that counts several questions."""

    sql: str
    params: tuple[Any, ...]

    def run(self) -> list[int]:
        """Return the number of each, in the order of the questions."""
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            return list(cursor.fetchone())


def counting(querysets: Sequence[QuerySet[Any]], limit: int = MANY) -> Counting:
    """Return what counts several questions, each exactly up to `limit`; one more is more."""
    parts: list[str] = []
    params: list[Any] = []
    for queryset in querysets:
        try:
            sql, given = queryset.order_by().values("pk")[: limit + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS asked)")
        params += given
    return Counting(f"SELECT {', '.join(parts)}" if parts else "", tuple(params))


def count_each(querysets: Sequence[QuerySet[Any]], limit: int = MANY) -> list[int]:
    """Count several questions in one statement, as `counting` says."""
    return counting(querysets, limit).run()

"""What a form may say is a short list (fields, loops, conditions, a few filters), and every field is
looked up in the content's class before the form is accepted, so that a misspelt name shows at
upload and not on a paper.
"""

import dataclasses
import difflib
import io
import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes

from documents.word.fill import FILTERS, TESTS, environment, sources, unsafe

MAX_LOOPS = 3
LOOP = dict.fromkeys(("index", "index0", "revindex", "revindex0", "length"), int) | {
    "first": bool, "last": bool
}  # fmt: skip
PLAIN_NODES = (nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat) + (
    nodes.Neg, nodes.Add, nodes.Sub, nodes.Div, nodes.List, nodes.Tuple
)  # fmt: skip


def template_problems(*, template: bytes, content_type: type, head: Iterable[str]) -> list[str]:
    """Return why a form may not be used with this content, in Chinese; [] if it may."""
    if problem := unsafe(template):
        return [problem]
    form = DocxTemplate(io.BytesIO(template))
    checker = _Checker({**dict.fromkeys(head, str), "content": content_type})
    for place, source in sources(form):
        checker.check(place, source)
    return list(dict.fromkeys(checker.problems))


def _bare(xml: str) -> str:
    return re.sub(r"<[^>]*>", "", xml).strip()


def _path(node: Any) -> str:
    """Return a chain of names as it was written, … for what is none."""
    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=owner, attr=name):
            return f"{_path(owner)}.{name}"
        case nodes.Getitem(node=owner, arg=nodes.Const(value=key)):
            return f"{_path(owner)}[{key!r}]"
        case nodes.Filter(node=inner, name=name) if inner is not None:
            return f"{_path(inner)}|{name}"
    return "…"


class _Loop:
    """The kind of `loop` within a loop."""


@dataclass
class _Checker:
    """Walks a form's tags and follows each chain of names through the content's classes."""

    names: Mapping[str, Any]
    problems: list[str] = field(default_factory=list)

    def check(self, place: str, source: str) -> None:
        """Note what is wrong with one text."""
        lines = re.split("\r\n|\r|\n", source)
        try:
            tree = environment().parse(source)
        except TemplateSyntaxError as error:
            words = next((_bare(line) for line in lines[error.lineno - 1 :: -1] if _bare(line)), "")
            self.problems.append(f"{place}“{words[:80]}”：{_syntax_words(error.message or '')}")
            return
        self.walk(tree.body, self.names, 0)

    def walk(self, body: Sequence[Any], scope: Mapping[str, Any], depth: int) -> None:
        """Check a run of nodes that are rendered one after another."""
        for node in body:
            match node:
                case nodes.Output():
                    for part in node.nodes:
                        self.printed(part, scope)
                case nodes.For():
                    self.loop(node, scope, depth + 1)
                case nodes.If():
                    self.kind(node.test, scope)
                    for branch in (node.body, node.elif_, node.else_):
                        self.walk(branch, scope, depth)
                        self.balanced(branch, "if")
                case _:
                    self.unsupported(node)

    def loop(self, node: Any, scope: Mapping[str, Any], depth: int) -> None:
        """Check a loop with its names bound to the kinds of the items."""
        kind = _some(self.kind(node.iter, scope))
        if kind is not Any and typing.get_origin(kind) not in (tuple, list):
            self.problems.append(f"“{_path(node.iter)}”不是列表，不能用 for")
            kind = Any
        if depth > MAX_LOOPS:
            self.problems.append(f"循环嵌套超过 {MAX_LOOPS} 层：for … in {_path(node.iter)}")
        if node.recursive:
            self.unsupported(node)
        bound = _bound(node.target, _item(kind))
        inner = {**scope, **bound, "loop": _Loop}
        if node.test is not None:
            self.kind(node.test, inner)
        self.walk(node.body, inner, depth)
        self.walk(node.else_, scope, depth)
        for branch in (node.body, node.else_):
            self.balanced(branch, "for")

    def balanced(self, body: Sequence[Any], tag: str) -> None:
        """Note a block that begins, say, outside a table and ends inside: it would tear the file.

        A block may close what it opens again in the same order (runs, paragraphs, rows).
        """
        closed: list[str] = []
        opened: list[str] = []
        xml = "".join(
            part.data
            for node in body
            if isinstance(node, nodes.Output)
            for part in node.nodes
            if isinstance(part, nodes.TemplateData)
        )
        for is_end, name, is_empty in re.findall(r"<(/?)([\w:]+)[^>]*?(/?)>", xml):
            if is_end and opened:
                opened.pop()
            elif is_end:
                closed.append(name)
            elif not is_empty:
                opened.append(name)
        if closed[::-1] != opened:
            words = f"“{{% {tag} %}}”与它的结束标签不在同一层（例如一个在表格里、一个在表格外）"
            self.problems.append(f"{words}：“{_bare(xml)[:60]}”")

    def printed(self, node: Any, scope: Mapping[str, Any]) -> None:
        """Check what is printed: text, numbers, days and lists of them."""
        if isinstance(node, nodes.TemplateData):
            return
        kind = _some(self.kind(node, scope))
        if typing.get_origin(kind) in (tuple, list):
            kind = _some(_item(kind))
            if dataclasses.is_dataclass(kind):
                self.problems.append(f"“{_path(node)}”是列表，要用 for 逐项写出")
                return
        if dataclasses.is_dataclass(kind) or kind is _Loop:
            self.problems.append(f"“{_path(node)}”是一组字段，要写明其中哪一项")
        elif kind is bytes:
            self.problems.append(f"“{_path(node)}”是图片，不能作为文字写出")

    def kind(self, node: Any, scope: Mapping[str, Any]) -> Any:
        """Return the kind of an expression's value, Any where that is not known."""
        match node:
            case nodes.Name():
                if node.name not in scope:
                    self.unknown(node.name, node.name, scope)
                return scope.get(node.name, Any)
            case nodes.Const():
                return type(node.value)
            case nodes.Getattr():
                return self.member(self.kind(node.node, scope), node.attr, node)
            case nodes.Getitem():
                return self.item(node, scope)
            case nodes.Filter() | nodes.Test():
                return self.filtered(node, scope)
        return self.combined(node, scope)

    def combined(self, node: Any, scope: Mapping[str, Any]) -> Any:
        """Return the kind of what is made of several expressions; text is never multiplied."""
        if isinstance(node, nodes.CondExpr):
            self.kind(node.test, scope)
            found = [self.kind(e, scope) for e in (node.expr1, node.expr2) if e is not None]
            return next((kind for kind in found if kind is not types.NoneType), Any)
        if isinstance(node, nodes.Mul) and {
            self.kind(node.left, scope),
            self.kind(node.right, scope),
        } <= {int, Decimal}:
            return int
        if not isinstance(node, PLAIN_NODES):
            self.unsupported(node)
            return Any
        for child in node.iter_child_nodes():
            self.kind(child, scope)
        return str

    def item(self, node: Any, scope: Mapping[str, Any]) -> Any:
        """Return the kind of `list[0]`; `content["name"]` is `content.name`."""
        kind = _some(self.kind(node.node, scope))
        match node.arg:
            case nodes.Const(value=int()) if typing.get_origin(kind) in (tuple, list):
                return _item(kind)
            case nodes.Const(value=str()):
                return self.member(kind, node.arg.value, node)
        self.unsupported(node)
        return Any

    def filtered(self, node: Any, scope: Mapping[str, Any]) -> Any:
        """Return the kind after a filter or a test of the list."""
        is_test = isinstance(node, nodes.Test)
        if node.name not in (TESTS if is_test else FILTERS | {"cn_date", "iso"}):
            self.problems.append(f"不支持“{node.name}”：{_path(node.node)}")
        kind = self.kind(node.node, scope) if node.node is not None else Any
        for argument in (*node.args, *(pair.value for pair in node.kwargs)):
            self.kind(argument, scope)
        if node.name in ("first", "last"):
            return _item(_some(kind))
        if is_test or node.name in ("length", "count", "int", "abs", "round"):
            return int
        return kind if node.name in ("default", "d") else str

    def member(self, kind: Any, name: str, node: Any) -> Any:
        """Return the kind of a field or property; note what is not there."""
        path = f"{_path(node.node)}.{name}"
        kind = _some(kind)
        if name.startswith("_"):
            self.problems.append(f"不能使用以“_”开头的名称：“{path}”")
        elif typing.get_origin(kind) in (tuple, list):
            self.problems.append(f"“{_path(node.node)}”是列表，要用 for 逐项取“{name}”")
        elif kind is not Any:
            known = LOOP if kind is _Loop else members(kind)
            if name in known:
                return known[name]
            self.unknown(path, name, known)
        return Any

    def unknown(self, path: str, name: str, known: Iterable[str]) -> None:
        """Note a name that nothing bears, with the one that was probably meant."""
        near = difflib.get_close_matches(name, list(known), n=1)
        meant = f"，是不是“{path.removesuffix(name)}{near[0]}”？" if near else ""
        self.problems.append(f"没有“{path}”这个字段{meant}")

    def unsupported(self, node: Any) -> None:
        """Note what forms may not say."""
        inner = getattr(node, "node", None) or getattr(node, "target", None)
        words = f"：{_path(inner)}" if inner is not None else ""
        self.problems.append(f"模板不支持这种写法（{type(node).__name__}）{words}")


def _bound(target: Any, item: Any) -> dict[str, Any]:
    """Return the kinds of a loop's names: one for each item, or `a, b` for its parts."""
    if not isinstance(target, nodes.Tuple):
        return {target.name: item}
    names = [name.name for name in typing.cast("list[Any]", target.items)]
    kinds = typing.get_args(item) if typing.get_origin(item) in (tuple, list) else ()
    return dict.fromkeys(names, Any) | dict(zip(names, kinds, strict=False))


def _syntax_words(message: str) -> str:
    if "end of template" in message:
        return "缺少结束标签（{% endfor %} 或 {% endif %}）"
    if unknown := re.search(r"unknown tag '([^']*)'", message):
        return f"没有“{unknown[1]}”这个标签，或者多了一个结束标签"
    return f"标签写法不对（{message}）"


def _some(kind: Any) -> Any:
    """Return X of `X | None` and of ClassVar[X]."""
    if typing.get_origin(kind) is typing.ClassVar:
        return _some(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        kinds = [part for part in typing.get_args(kind) if part is not types.NoneType]
        return kinds[0] if len(kinds) == 1 else Any
    return kind


def _item(kind: Any) -> Any:
    """Return X of tuple[X, ...] and list[X]; Any where the items differ."""
    kinds = {part for part in typing.get_args(kind) if part is not Ellipsis}
    is_list = typing.get_origin(kind) in (tuple, list)
    return kinds.pop() if is_list and len(kinds) == 1 else Any


@cache
def members(kind: Any) -> dict[str, Any]:
    """Return what a form may ask of a value: a dataclass's fields and properties, a day's parts."""
    if kind is date:
        return {"year": int, "month": int, "day": int}
    if not dataclasses.is_dataclass(kind):
        return {}
    found = {name: _some(hint) for name, hint in typing.get_type_hints(kind).items()}
    for base in reversed(typing.cast("type", kind).__mro__):
        for name, value in vars(base).items():
            getter = getattr(value, "fget", None) or getattr(value, "func", None)
            if getter is not None:
                found[name] = typing.get_type_hints(getter).get("return", Any)
    return {name: hint for name, hint in found.items() if not name.startswith("_")}

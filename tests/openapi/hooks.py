"""Half of what makes sense is said of things that are there: else all is refused at the door."""

import json
import os
from random import Random
from typing import Any
from uuid import UUID

import schemathesis
from schemathesis import GenerationMode

KNOWN: dict[str, Any] = json.loads(os.environ.get("KNOWN") or "{}")
chance = Random(1)


def some_id() -> str:
    """A new id."""
    return str(UUID(int=chance.getrandbits(128), version=4))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Put what is there into a request that makes sense."""
    meta = case.meta
    is_sense = meta is None or meta.generation.mode == GenerationMode.POSITIVE
    if not KNOWN or not is_sense or chance.random() < 0.5:
        return
    if case.path.startswith("/api/v1/"):
        _noun(case)
    elif case.path.endswith("/operations"):
        _operations(case.body)
    elif case.path.endswith("/files/{id}"):
        case.path_parameters["id"] = str(UUID(KNOWN["file"]))
    elif case.path.endswith("/visits/{id}"):
        case.path_parameters["id"] = KNOWN["visit"]
    elif case.path.endswith("/files"):
        case.query["visit"] = KNOWN["visit"]
    elif case.path.endswith("/phones/{enterprise}"):
        case.path_parameters["enterprise"] = KNOWN["enterprise"]
    elif case.path.endswith("/day") and case.body.get("stops"):
        case.body["stops"][0] = KNOWN["place"]


def _noun(case: Any) -> None:
    """A thing that is there, of the kind that stands before its id."""
    before, found, _ = case.path.partition("/{id}")
    thing = KNOWN["things"].get(before.rsplit("/", 1)[-1])
    if found and thing is not None:
        case.path_parameters["id"] = thing


def _operations(body: dict[str, Any]) -> None:
    """One log of one visit that begins as it should, whatever then comes."""
    visit, device = some_id(), some_id()
    for number, operation in enumerate(body["operations"], start=1):
        operation |= {
            "id": some_id(), "visit": visit, "device": device, "sequence": number,
            "member": KNOWN["member"], "place": KNOWN["place"],
        }  # fmt: skip
        if number == 1:
            operation |= {"kind": "visit.start", "body": KNOWN["start"]}
        else:
            operation["kind"] = chance.choice(KINDS)


KINDS = (
    "track", "answer", "hazard.add", "hazard.change", "hazard.remove", "recheck", "files", "note",
    "risk_point", "visit.sign", "visit.refuse", "settle", "order",
)  # fmt: skip

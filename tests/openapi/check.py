"""Every JSON address is asked for sense and nonsense, as each kind of person and as nobody.

What counts: no 5xx, no answer that the schema does not know, no sense refused, no nonsense taken.
"""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import django
import httpx

django.setup()

from django.utils import timezone  # noqa: E402

from agencies.models import PaymentDecision, ServiceContract  # noqa: E402  (after Django is up)
from agencies.payments import Share  # noqa: E402
from agencies.services import payment_plan_set, payment_propose  # noqa: E402
from common.scope import acting_as  # noqa: E402
from documents.models import Document  # noqa: E402
from inspections.models import Extension, Hazard, Visit  # noqa: E402
from inspections.services import extension_ask  # noqa: E402
from providers.models import Provider, StandingDecision  # noqa: E402
from providers.services import standing_draft  # noqa: E402
from stack import embedded  # noqa: E402
from tenancy.actors import Actor  # noqa: E402
from tests import county as counties  # noqa: E402
from tests.api.asking import token_of  # noqa: E402
from tests.field.phone import Phone  # noqa: E402
from tests.serving import Web  # noqa: E402

HERE = Path(__file__).parent
PROGRAM = "a program,"


def people(county: counties.County) -> dict[str, Actor | None]:
    """Return everybody by the name of his role."""
    return {
        "inspector": county.inspector,
        "project lead": county.lead,
        "officer": county.officer,
        "agency administrator": county.admin,
        "enterprise": county.principal,
        f"{PROGRAM} an officer's": county.officer,
        f"{PROGRAM} an enterprise's": county.principal,
        "nobody": None,
    }


def known(county: counties.County, actor: Actor) -> dict[str, object]:
    """Return what is there, so that sense may be said of it: tests/openapi/hooks.py puts it in."""
    phone = Phone(actor, county.assignment)
    phone.start()
    phone.answer(phone.items[0])
    phone.do("files", subject="visit", files=[phone.file(counties.picture(), "site")])
    if actor.may("visit_log"):
        phone.send()
    return {
        "member": actor.member,
        "place": phone.log[0].place,
        "start": phone.log[0].body,
        "enterprise": county.enterprises[0].pk,
        "visit": str(phone.visit),
        "file": next(iter(phone.blobs)).hex,
        "things": things(county),
    }


def things(county: counties.County) -> dict[str, object]:
    """Return one of each noun of `/api/v1/`: the key is the last word before its id."""
    with acting_as(county.admin):
        return {
            "enterprises": county.enterprises[0].pk,
            "contracts": county.contract.pk,
            "batches": county.batch.pk,
            "assignments": county.assignment.pk,
            "visits": str(Visit.objects.filter(state="signed").values_list("pk", flat=True)[0]),
            "hazards": str(Hazard.objects.values_list("pk", flat=True)[0]),
            "extensions": str(Extension.objects.values_list("pk", flat=True)[0]),
            "documents": str(Document.objects.values_list("pk", flat=True)[0]),
            "providers": county.contract.provider_org_id,
            "payments": str(PaymentDecision.objects.values_list("pk", flat=True)[0]),
            "standing": StandingDecision.objects.values_list("pk", flat=True)[0],
        }


def fill(county: counties.County) -> None:
    """Let there be hazards, handed over, with a request for more time."""
    first = counties.issued(county, hazards=3)[0]
    with acting_as(county.principal):
        extension_ask(
            actor=county.principal, hazard=first, reason="配件未到", safeguard="停用",
            wanted_on=first.due_on + timedelta(days=9),
        )  # fmt: skip
    with acting_as(county.officer):
        body = Provider.objects.select_related("org").get(pk=county.contract.provider_org_id)
        standing_draft(
            actor=county.officer, measure="reprimand", subject="service", name=body.org.name,
            credit_code=body.org.credit_code, ground="absent", facts="未到场", basis="合同",
            from_on=date(2026, 7, 1), until_on=date(2026, 12, 31),
            files=[("照片.jpg", counties.picture())],
        )  # fmt: skip
    with acting_as(county.admin):
        ServiceContract.objects.filter(pk=county.contract.pk).update(amount=Decimal(1000))
        [stage] = payment_plan_set(
            actor=county.admin, contract=county.contract, reason="补录",
            shares=[Share("首期款", Decimal(100), "other", "验收合格")],
        )  # fmt: skip
        payment_propose(actor=county.admin, stage=stage, outcome="full", reason="已验收")


def headers_of(web: Web, actor: Actor | None, who: str) -> dict[str, str]:
    """Return what somebody sends: his session, or his program's token."""
    if actor is None:
        return {}
    if who.startswith(PROGRAM):
        return {"Authorization": f"Bearer {token_of(actor)[1]}"}
    return web.headers_of(actor)


def run(schema: Path, web: Web, who: str, actor: Actor | None, county: counties.County) -> int:
    """Run schemathesis as somebody; return its exit code."""
    seed, examples = sys.argv[1:3]
    headers = headers_of(web, actor, who)
    words = [f"--header={name}: {value}" for name, value in headers.items()]
    env = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.openapi.hooks",
           "KNOWN": json.dumps(known(county, actor)) if actor else ""}  # fmt: skip
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file", str(HERE / "schemathesis.toml"), "run", str(schema), f"--url={web.url}",
        f"--seed={seed}", f"--max-examples={examples}", "--no-color",
        "--generation-database=none", *words,
    ]  # fmt: skip
    print(f"\n=== as {who}", flush=True)
    return subprocess.run(command, cwd=os.environ["VAR_DIR"], env=env, check=False).returncode


def main() -> int:
    """0 if nobody found anything."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    embedded.ensure_started()
    county = counties.build(enterprises=2)
    fill(county)
    county.at(timezone.now())
    web = Web(Path(os.environ["VAR_DIR"]) / "web.log")
    web.start()
    try:
        asked = httpx.get(f"{web.url}/api/schema/", headers=web.headers_of(county.lead))
        schema = Path(os.environ["VAR_DIR"]) / "schema.json"
        schema.write_bytes(asked.raise_for_status().content)
        only = os.environ.get("WHO", "")
        asking = {who: actor for who, actor in people(county).items() if only in who}
        codes = {who: run(schema, web, who, actor, county) for who, actor in asking.items()}
    finally:
        web.stop()
    print(
        "\n" + "\n".join(f"{who}: {'found' if code else 'nothing'}" for who, code in codes.items())
    )
    return int(any(codes.values()))


if __name__ == "__main__":
    sys.exit(main())

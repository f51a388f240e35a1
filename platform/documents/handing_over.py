"""receipt_give · receipt_record · receipt_refuse · consent_record · consent_withdraw ·
receipt_token · hindrance · awaiting · awaiting_by_hand

A paper is handed over when somebody says that he has it. Papers of a regulator may be sent
electronically only after the enterprise signed for that (行政处罚法 §61 [L2]); a provider's advice needs
no such word. A refusal is recorded before witnesses (安全生产法 §68 [L1]).
"""

from datetime import date, timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from documents.models import DeliveryConsent, Document, Receipt
from documents.registry import Family, papers
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.tasks import system_agency

_signer = TimestampSigner(salt="documents.receipt")
TOKEN_LASTS = timedelta(hours=24)  # the QR is shown on a screen and scanned at once
OFFICIAL = (Family.ENFORCEMENT, Family.NOTICE)
NO_CONSENT = "没有签署电子送达确认书，这份文书由经办人员当面送达、当面签收"


def served_kinds() -> frozenset[str]:
    """Return the kinds that are handed over to an enterprise; tables bear no number and are not."""
    return frozenset(p.kind for p in papers() if p.is_served and p.family != Family.TABLE)


def awaiting() -> Q:
    """Papers that an enterprise has yet to sign for."""
    return Q(
        kind__in=served_kinds(),
        enterprise_org__isnull=False,
        state=Document.State.ISSUED,
        receipt=None,
    )


def awaiting_by_hand() -> Q:
    """Those of a regulator to enterprises that did not consent to electronic delivery."""
    official = {paper.kind for paper in papers() if paper.family in OFFICIAL}
    consent = DeliveryConsent.objects.filter(
        owner_agency=OuterRef("owner_agency"), enterprise_org=OuterRef("enterprise_org"),
        withdrawn_at=None,
    )  # fmt: skip
    return awaiting() & Q(kind__in=official) & ~Q(Exists(consent))


def hindrance(document: Document, *, on_screen: bool = True) -> str:
    """Return why nobody can sign for the paper, '' if somebody can; a screen may need consent."""
    if document.state == Document.State.VOIDED:
        return "该文书已作废，不需要签收"
    if document.enterprise_org_id is None:
        return "该文书不是发给企业的"
    if document.kind not in served_kinds():
        return "这类文书不需要签收"
    if Receipt.objects.filter(document=document).exists():
        return "该文书已经签收过"
    return NO_CONSENT if on_screen and not may_send(document) else ""


def consent_of(document: Document) -> DeliveryConsent | None:
    """Return the enterprise's word in force that papers may be sent to it electronically."""
    return DeliveryConsent.objects.filter(
        owner_agency_id=document.owner_agency_id,
        enterprise_org_id=document.enterprise_org_id,
        withdrawn_at=None,
    ).first()


def may_send(document: Document) -> bool:
    """Whether the paper may be received on a screen: a regulator's only after signed consent."""
    return document.family not in OFFICIAL or consent_of(document) is not None


@transaction.atomic
def receipt_give(
    *, actor: Actor, document: Document, person_name: str, person_post: str, how: str
) -> Receipt:
    """The enterprise says that it has the paper, on its page or by the QR code."""
    if not may_send(document):
        raise DomainError(NO_CONSENT)
    if not person_name.strip():
        raise DomainError("请填写签收人姓名", field="person_name")
    return _keep(
        actor, document, how=how, person_name=person_name.strip(), person_post=person_post.strip()
    )


@transaction.atomic
def receipt_record(
    *, actor: Actor, document: Document, person_name: str, person_post: str
) -> Receipt:
    """The paper was handed over in person; whoever did so writes it down."""
    if not person_name.strip():
        raise DomainError("请填写签收人姓名", field="person_name")
    return _keep(
        actor,
        document,
        how=Receipt.How.PAPER,
        person_name=person_name.strip(),
        person_post=person_post.strip(),
    )


@transaction.atomic
def receipt_refuse(
    *, actor: Actor, document: Document, person_name: str, reason: str, witness_names: str
) -> Receipt:
    """The paper was refused: left there before witnesses, with the reason."""
    if not reason.strip():
        raise DomainError("请填写拒收理由", field="reason")
    if not witness_names.strip():
        raise DomainError("请填写见证人姓名", field="witness_names")
    return _keep(
        actor,
        document,
        how=Receipt.How.REFUSED,
        person_name=person_name.strip() or "拒绝说明身份",
        refusal_reason=reason.strip(),
        witness_names=witness_names.strip(),
    )


def _keep(actor: Actor, document: Document, **values: str) -> Receipt:
    # The lock lets one of two people who press at once find the other's receipt.
    locked = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
    if problem := hindrance(locked, on_screen=False):
        raise DomainError(problem)
    now = clock.now(locked.owner_agency_id)
    by_staff = "" if actor.is_enterprise or actor.is_system else actor.display
    row = Receipt.objects.create(
        **locked.tenant, document=locked, received_at=now, recorded_by_name=by_staff, **values
    )
    words = f"{row.get_how_display()}：{row.person_name}"
    record(actor=actor, act="document.receipt", subject=locked, summary=words, at=now)
    notify(
        org_id=locked.issuer_org_id,
        kind="document.receipt",
        title=f"{locked.title} {row.get_how_display()}",
        url=reverse("documents:paper", args=[locked.pk]),
        at=now,
    )
    return row


def receipt_token(document: Document) -> str:
    """Return what stands in the QR code on the inspector's screen; it lasts a day."""
    value = f"{document.pk}~{document.owner_agency_id}"
    return _signer.sign(value).replace(":", "~")


def receipt_claim(token: str) -> tuple[str, int]:
    """Return (paper id, agency id) of a token; DomainError for one that is not ours or too old."""
    try:
        pk, agency, stamp, signature = token.split("~")
        value = _signer.unsign(f"{pk}~{agency}:{stamp}:{signature}", max_age=TOKEN_LASTS)
        pk, agency = value.split("~")
        return pk, int(agency)
    except SignatureExpired:
        raise DomainError("这个二维码已过期，请让检查人员重新打开") from None
    except (BadSignature, ValueError):
        raise DomainError("这个二维码无效，请重新扫描") from None


def paper_of_token(token: str) -> tuple[Document, str] | None:
    """Return the paper of a token and why it cannot be signed for ('' if it can), or None."""
    try:
        pk, agency_id = receipt_claim(token)
    except DomainError:
        return None
    with acting_as(system_agency(agency_id)):
        rows = Document.objects.select_related("issuer_org", "enterprise_org", "receipt")
        document = rows.filter(pk=pk).first()
        return (document, hindrance(document)) if document else None


def receive_by_token(*, token: str, person_name: str, person_post: str) -> Receipt:
    """Whoever stands before the inspector's screen signs for the paper, without an account."""
    pk, agency_id = receipt_claim(token)
    system = system_agency(agency_id)
    with acting_as(system):
        return receipt_give(
            actor=system,
            document=Document.objects.get(pk=pk),
            person_name=person_name,
            person_post=person_post,
            how=Receipt.How.QR,
        )


@transaction.atomic
def consent_record(
    *,
    actor: Actor,
    owner_agency_id: int,
    region_code: str,
    enterprise_org_id: int,
    signed_on: date,
    signer_name: str,
    contact: str,
) -> DeliveryConsent:
    """An officer writes down that the enterprise signed the confirmation of electronic delivery."""
    if not signer_name.strip():
        raise DomainError("请填写签署人", field="signer_name")
    if signed_on > clock.today(owner_agency_id):
        raise DomainError("签署日期不能晚于今天", field="signed_on")
    held = DeliveryConsent.objects.filter(
        owner_agency_id=owner_agency_id, enterprise_org_id=enterprise_org_id, withdrawn_at=None
    )
    if held.exists():
        raise DomainError("已登记过电子送达确认书")
    now = clock.now(owner_agency_id)
    row = DeliveryConsent.objects.create(
        owner_agency_id=owner_agency_id,
        region_code=region_code,
        enterprise_org_id=enterprise_org_id,
        signed_on=signed_on,
        signer_name=signer_name.strip(),
        contact=contact.strip(),
        recorded_by_id=actor.member,
        recorded_by_name=actor.display,
        recorded_at=now,
    )
    record(actor=actor, act="consent.record", subject=row, at=now)
    return row


@transaction.atomic
def consent_withdraw(*, actor: Actor, consent: DeliveryConsent) -> None:
    """The enterprise takes its word back; papers sent until then stay delivered."""
    now = clock.now(consent.owner_agency_id)
    changed = DeliveryConsent.objects.filter(pk=consent.pk, withdrawn_at=None).update(
        withdrawn_at=now
    )
    if not changed:
        raise DomainError("确认书已撤回")
    record(actor=actor, act="consent.withdraw", subject=consent, at=now)

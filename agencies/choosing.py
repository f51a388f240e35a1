"""The one gate through which every choice of a provider goes: award, contract, an enterprise's own.

Nothing is asked but what a law asks (D5 二(一)): a provider whose business needs no qualification
passes without any.
"""

from datetime import date

from common.errors import DomainError
from providers.models import Credential, Provider, Qualification
from providers.standing import barred_words, must_serve

GOOD = (Credential.Standing.VALID, Credential.Standing.SOON)
NOT_NEEDED = "无需资质"


def refusal_words(provider_org_id: int, day: date) -> str:
    """Say why a provider may not be chosen on a day; '' where nothing stands in the way."""
    return barred_words(provider_org_id, day) or _unqualified_words(provider_org_id, day)


def choice_check(provider_org_id: int, day: date, *, field: str | None = None) -> None:
    """Raise DomainError at `field` where a provider may not be chosen on a day.

    Until the transaction ends no decision about its standing takes effect beside it.
    """
    must_serve(provider_org_id, day, field=field)
    if words := _unqualified_words(provider_org_id, day):
        raise DomainError(words, field=field)


def required_words(provider: Provider) -> str:
    """What the law asks of a provider's business, or that it asks for nothing."""
    return provider.required_qualification or NOT_NEEDED


def _unqualified_words(provider_org_id: int, day: date) -> str:
    provider = Provider.objects.filter(pk=provider_org_id).select_related("org").first()
    if provider is None or not provider.required_qualification:
        return ""
    asked = provider.required_qualification
    rows = Qualification.objects.filter(provider_org=provider_org_id)
    fitting = [row for row in rows if row.kind in asked or asked in row.kind]
    if any(row.standing_on(day) in GOOD for row in fitting):
        return ""
    lapsed = [row.valid_until for row in fitting if row.removed_at is None]
    why = f"登记的已于{max(lapsed):%Y-%m-%d}到期" if lapsed else "没有登记"
    if lapsed and max(lapsed) >= day:
        why = "登记的还没有到有效期"
    return (
        f"{provider.org.name}的业务依法须有{asked}，{day:%Y-%m-%d}没有有效的资质（{why}），不能选用"
    )

"""The list of enterprises, one page of it: for people and for programs."""

from common.paging import Slice, Window, count_up_to, keyset
from enterprises.forms import EnterpriseFilter
from enterprises.models import Enterprise

SORTS = {
    "name": "name", "town": "region_code", "employees": "employee_count", "updated": "updated_at",
}  # fmt: skip


def enterprise_page(
    form: EnterpriseFilter, sort: str, window: Window
) -> tuple[Slice[Enterprise], int]:
    """Return one page of what the filter lets through, and the count; by number unless sorted."""
    actor, rows = form.actor, form.rows()
    field = SORTS.get(sort.lstrip("-"), "id")
    if field == "employee_count":
        rows = rows.exclude(employee_count=None)
    order = [f"-{field}" if sort.startswith("-") else field, *([] if field == "id" else ["id"])]
    is_by_number = field == "id" and actor.is_provider  # its numbers are an index of their own
    # A city's names begin alike: by an index of names, all before them would be gone through.
    is_by_city = field == "name" and actor.is_agency and not actor.is_of_province
    page = keyset(
        rows,
        order=order,
        window=window,
        is_few=(actor.is_of_few and not is_by_number) or is_by_city,
        keys_first=is_by_city,
    )
    return page, count_up_to(rows) if field == "employee_count" else form.count(rows)

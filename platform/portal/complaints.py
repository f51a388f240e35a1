"""Anyone complains about a provider (畅通举报投诉渠道, domain.md 1.10), and asks what came of it."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from common.errors import DomainError
from common.limits import written_rarely
from common.scope import acting_as
from inspections import services
from inspections.forms.supervision import PublicComplaintForm
from inspections.models import Complaint
from tenancy.actors import SYSTEM
from tenancy.models import Agency

MOST = 30


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Find the regulator who bought the service."""
    words = request.GET.get("q", "").strip()[:40]
    found = []
    if words:
        named = Q(region_name__contains=words) | Q(org__name__contains=words)
        with acting_as(SYSTEM):  # which authorities there are is for everybody to know
            rows = Agency.objects.filter(named).select_related("org").order_by("region_code", "pk")
            found = list(rows[:MOST])
    return render(request, "portal/complaint_index.html", {"words": words, "found": found})


@written_rarely
@require_http_methods(["GET", "POST"])
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """Complain to one regulator; name and telephone may be left out."""
    with acting_as(SYSTEM):
        agency = Agency.objects.select_related("org").filter(pk=pk).first()
    if agency is None:
        raise Http404("agency")
    start = {"about_name": request.GET.get("provider", "")[:100]}
    form = PublicComplaintForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.complaint_receive(agency=agency, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect(f"{reverse('portal:complaint-status', args=[made.code])}?new=1")
    context = {"agency": agency, "form": form}
    return render(request, "portal/complaint.html", context, status=422 if form.errors else 200)


@require_GET
def status(request: HttpRequest, code: str) -> HttpResponse:
    """How a complaint stands and what was answered; nothing else of it."""
    with acting_as(SYSTEM):
        rows = Complaint.objects.select_related("owner_agency__org")
        found = rows.filter(code=code, source=Complaint.Source.PUBLIC).first()
    if found is None:
        return render(request, "portal/complaint_status.html", {"code": code}, status=404)
    context = {"complaint": found, "is_new": request.GET.get("new") == "1", "code": code}
    return render(request, "portal/complaint_status.html", context)

"""The addresses of `/api/v1/`, a noun after the other; each app's `api` says what they answer."""

from django.urls import path

from agencies import api as agencies
from api.me import Me
from documents import api as documents
from enterprises import api as enterprises
from inspections.api import corrections, hazards, meetings, obligations, supervision, visits
from notifications import api as notifications
from providers import api as providers
from scoring import api as scoring
from workflow import api as workflow

urlpatterns = [
    path("me/", Me.as_view(), name="me"),
    path("enterprises/", enterprises.Enterprises.as_view(), name="enterprises"),
    path("enterprises/<int:pk>/", enterprises.EnterpriseRecord.as_view(), name="enterprise"),
    path("contracts/", agencies.Contracts.as_view(), name="contracts"),
    path("contracts/<int:pk>/", agencies.ContractRecord.as_view(), name="contract"),
    path("batches/", agencies.Batches.as_view(), name="batches"),
    path("batches/<int:pk>/", agencies.BatchRecord.as_view(), name="batch"),
    path("payments/", agencies.Payments.as_view(), name="payments"),
    path("payments/<uuid:pk>/", agencies.PaymentRecord.as_view(), name="payment"),
    path("library/", agencies.Library.as_view(), name="library"),
    path("library/<int:pk>/", agencies.LibraryEntryRecord.as_view(), name="library-entry"),
    path("assignments/", visits.Assignments.as_view(), name="assignments"),
    path("assignments/<int:pk>/", visits.AssignmentRecord.as_view(), name="assignment"),
    path(
        "assignments/<int:pk>/inspector/",
        visits.AssignmentInspector.as_view(),
        name="assignment-inspector",
    ),
    path(
        "assignments/<int:pk>/withdrawal/",
        visits.AssignmentWithdrawal.as_view(),
        name="assignment-withdrawal",
    ),
    path("visits/", visits.Visits.as_view(), name="visits"),
    path("visits/<uuid:pk>/", visits.VisitRecord.as_view(), name="visit"),
    path(
        "visits/<uuid:pk>/confirmation/",
        visits.VisitConfirmation.as_view(),
        name="visit-confirmation",
    ),
    path("hazards/", hazards.Hazards.as_view(), name="hazards"),
    path("hazards/<uuid:pk>/", hazards.HazardRecord.as_view(), name="hazard"),
    path(
        "hazards/<uuid:pk>/rectifications/",
        hazards.Rectifications.as_view(),
        name="hazard-rectifications",
    ),
    path("hazards/<uuid:pk>/extensions/", hazards.Extensions.as_view(), name="hazard-extensions"),
    path("hazards/<uuid:pk>/rechecks/", hazards.Rechecks.as_view(), name="hazard-rechecks"),
    path("extensions/", hazards.ExtensionList.as_view(), name="extensions"),
    path(
        "extensions/<uuid:pk>/answer/", hazards.ExtensionAnswers.as_view(), name="extension-answer"
    ),
    path("meetings/", meetings.Meetings.as_view(), name="meetings"),
    path("meetings/<uuid:pk>/", meetings.MeetingRecord.as_view(), name="meeting"),
    path("meetings/<uuid:pk>/minutes/", meetings.MeetingMinutes.as_view(), name="meeting-minutes"),
    path(
        "meetings/<uuid:pk>/cancellation/",
        meetings.MeetingCancellation.as_view(),
        name="meeting-cancellation",
    ),
    path("teams/", supervision.TeamMembers.as_view(), name="team-members"),
    path("teams/<uuid:pk>/", supervision.TeamMemberRecord.as_view(), name="team-member"),
    path(
        "teams/<uuid:pk>/confirmation/",
        supervision.TeamMemberConfirmation.as_view(),
        name="team-confirmation",
    ),
    path(
        "teams/<uuid:pk>/rejection/",
        supervision.TeamMemberRejection.as_view(),
        name="team-rejection",
    ),
    path("visit-plans/", supervision.VisitPlans.as_view(), name="visit-plans"),
    path("visit-plans/<uuid:pk>/", supervision.VisitPlanRecord.as_view(), name="visit-plan"),
    path(
        "visit-plans/<uuid:pk>/submission/",
        supervision.VisitPlanSubmission.as_view(),
        name="visit-plan-submission",
    ),
    path(
        "visit-plans/<uuid:pk>/approval/",
        supervision.VisitPlanApproval.as_view(),
        name="visit-plan-approval",
    ),
    path(
        "visit-plans/<uuid:pk>/return/",
        supervision.VisitPlanReturn.as_view(),
        name="visit-plan-return",
    ),
    path("reviews/", supervision.ExpertReviews.as_view(), name="reviews"),
    path("reviews/<uuid:pk>/", supervision.ExpertReviewRecord.as_view(), name="review"),
    path("disclosures/", supervision.Disclosures.as_view(), name="disclosures"),
    path("disclosures/<uuid:pk>/", supervision.DisclosureRecord.as_view(), name="disclosure"),
    path(
        "disclosures/<uuid:pk>/acknowledgement/",
        supervision.DisclosureAcknowledgement.as_view(),
        name="disclosure-acknowledgement",
    ),
    path("corrections/", corrections.Corrections.as_view(), name="corrections"),
    path("corrections/<uuid:pk>/", corrections.CorrectionRecord.as_view(), name="correction"),
    path(
        "corrections/<uuid:pk>/answer/",
        corrections.CorrectionAnswers.as_view(),
        name="correction-answer",
    ),
    path(
        "corrections/<uuid:pk>/application/",
        corrections.CorrectionApplication.as_view(),
        name="correction-application",
    ),
    path("historical-hazards/", corrections.HistoricalHazards.as_view(), name="historical-hazards"),
    path(
        "historical-hazards/<uuid:pk>/",
        corrections.HistoricalHazardRecord.as_view(),
        name="historical-hazard",
    ),
    path(
        "historical-hazards/<uuid:pk>/settlement/",
        corrections.HistoricalHazardSettlement.as_view(),
        name="historical-hazard-settlement",
    ),
    path("obligations/", obligations.Obligations.as_view(), name="obligations"),
    path("obligations/<int:pk>/", obligations.ObligationRecord.as_view(), name="obligation"),
    path(
        "obligations/<int:pk>/acceptances/",
        obligations.ObligationAcceptances.as_view(),
        name="obligation-acceptances",
    ),
    path("documents/", documents.Documents.as_view(), name="documents"),
    path("documents/<uuid:pk>/", documents.DocumentRecord.as_view(), name="document"),
    path("documents/<uuid:pk>/file/", documents.DocumentFile.as_view(), name="document-file"),
    path(
        "documents/<uuid:pk>/receipt/", documents.DocumentReceipt.as_view(), name="document-receipt"
    ),
    path("points/", scoring.Points.as_view(), name="points"),
    path("points/<int:pk>/", scoring.PointsRecord.as_view(), name="point-year"),
    path("point-events/", scoring.PointEvents.as_view(), name="point-events"),
    path("point-events/<int:pk>/", scoring.PointEventRecord.as_view(), name="point-event"),
    path("appraisals/", scoring.Appraisals.as_view(), name="appraisals"),
    path("appraisals/<int:pk>/", scoring.AppraisalRecord.as_view(), name="appraisal"),
    path("providers/", providers.Providers.as_view(), name="providers"),
    path("providers/<int:pk>/", providers.ProviderRecord.as_view(), name="provider"),
    path("standing/", providers.Standings.as_view(), name="standing"),
    path("standing/<int:pk>/", providers.StandingRecord.as_view(), name="standing-decision"),
    path("notifications/", notifications.Notifications.as_view(), name="notifications"),
    path(
        "notifications/read/", notifications.NotificationsRead.as_view(), name="notifications-read"
    ),
    path("jobs/<uuid:pk>/", workflow.JobRecord.as_view(), name="job"),
]

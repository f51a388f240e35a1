from django.urls import path

from tenancy import invitation_views, member_views, views

app_name = "tenancy"
urlpatterns = [
    path("personal/<str:holder>/<str:pk>/<str:field>/", views.personal, name="personal"),
    path("switch/", views.switch, name="switch"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/invite/many/", invitation_views.invite_many, name="invite-many"),
    path("people/invitations/", invitation_views.invitations, name="invitations"),
    path(
        "people/invitations/sheets/", invitation_views.invitation_sheets, name="invitation-sheets"
    ),
    path(
        "invitations/<uuid:pk>/send/<str:by>/",
        invitation_views.invitation_mail,
        name="invitation-send",
    ),
    path(
        "invitations/<uuid:pk>/extend/",
        invitation_views.invitation_longer,
        name="invitation-extend",
    ),
    path("people/hand-over/", views.hand_over, name="hand-over"),
    path("people/below/", member_views.below, name="below"),
    path(
        "people/below/<int:pk>/second-factor/",
        member_views.below_second_factor,
        name="below-second-factor",
    ),
    path("people/<int:pk>/", member_views.member, name="member"),
    path("people/<int:pk>/identity/", member_views.member_identity, name="member-identity"),
    path(
        "people/<int:pk>/second-factor/",
        member_views.member_second_factor,
        name="member-second-factor",
    ),
    path("people/<int:pk>/unlock/", member_views.member_unlock, name="member-unlock"),
    path("people/<int:pk>/sign-out/", member_views.member_sign_out, name="member-sign-out"),
    path("people/<int:pk>/end/", member_views.member_end, name="member-end"),
    path("people/<int:pk>/deputies/", member_views.deputies, name="deputies"),
    path("people/<int:pk>/deputies/new/", member_views.deputy_new, name="deputy-new"),
    path("deputies/<int:pk>/end/", member_views.deputy_over, name="deputy-end"),
    path("people/<int:pk>/password/", views.member_password, name="member-password"),
    path("invitations/<uuid:pk>/", views.invitation, name="invitation"),
    path("invitations/<uuid:pk>/withdraw/", views.invitation_withdraw, name="invitation-withdraw"),
    path("join/<str:token>/", views.accept, name="invitation-accept"),
    path("people/<int:pk>/certificate/", views.certificate_new, name="certificate-new"),
    path("certificates/<int:pk>/end/", views.certificate_end, name="certificate-end"),
]

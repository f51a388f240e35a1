from django.urls import path

from scoring import views

app_name = "scoring"
urlpatterns = [
    path("points/", views.points, name="points"),
    path("points/<int:pk>/", views.cycle, name="cycle"),
    path("points/proposals/", views.proposal_list, name="proposals"),
    path("points/give/<int:contract>/<int:enterprise>/", views.give, name="give"),
    path("points/give/visit/<uuid:pk>/", views.give_visit, name="give-visit"),
    path("outputs/<int:pk>/", views.outputs, name="outputs"),
]

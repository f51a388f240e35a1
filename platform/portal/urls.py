from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("check/<slug:code>/", views.check, name="check"),
    path("draws/draw.py", views.draw_script, name="draw-script"),
    path("draws/<slug:code>/", views.draw, name="draw"),
    path("draws/<slug:code>/published.json", views.draw_json, name="draw-json"),
    path("signing/", views.signing, name="signing"),
    path("signing/root.pem", views.root, name="root"),
]

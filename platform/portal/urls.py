from django.urls import path

from portal import catalogue, complaints, heads, publications, views

app_name = "portal"
urlpatterns = [
    path("check/<slug:code>/", views.check, name="check"),
    path("complain/", complaints.index, name="complaint-index"),
    path("complain/<int:pk>/", complaints.complaint, name="complaint"),
    path("complain/status/<slug:code>/", complaints.status, name="complaint-status"),
    path("draws/draw.py", views.draw_script, name="draw-script"),
    path("draws/<slug:code>/", views.draw, name="draw"),
    path("draws/<slug:code>/published.json", views.draw_json, name="draw-json"),
    path("heads/", heads.heads, name="heads"),
    path("heads/heads.jsonl", heads.heads_range, name="heads-range"),
    path("heads/verify_chain.py", heads.verifier, name="heads-verifier"),
    path("heads/heads-<str:day>.json", heads.heads_json, name="heads-json"),
    path("heads/heads-<str:day>.json.p7s", heads.heads_signature, name="heads-signature"),
    path("public/", publications.publications, name="publications"),
    path("public/providers/", catalogue.catalogue, name="catalogue"),
    path("public/providers/<slug:credit_code>/", catalogue.provider, name="provider"),
    path("public/providers/<slug:credit_code>/<int:year>/", catalogue.report, name="report"),
    path("public/<slug:code>/", publications.publication, name="publication"),
    path(
        "public/<slug:code>/published.json",
        publications.publication_json,
        name="publication-json",
    ),
    path("signing/", views.signing, name="signing"),
    path("signing/root.pem", views.root, name="root"),
]

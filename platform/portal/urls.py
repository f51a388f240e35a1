from django.urls import path

from portal import appraisals, heads, purchases, views

app_name = "portal"
urlpatterns = [
    path("check/<slug:code>/", views.check, name="check"),
    path("draws/draw.py", views.draw_script, name="draw-script"),
    path("draws/<slug:code>/", views.draw, name="draw"),
    path("draws/<slug:code>/published.json", views.draw_json, name="draw-json"),
    path("public/appraisals/", appraisals.appraisal_list, name="appraisal-list"),
    path("public/appraisals/<slug:code>/", appraisals.appraisals, name="appraisals"),
    path(
        "public/appraisals/<slug:code>/published.json", appraisals.published, name="appraisals-json"
    ),
    path("heads/", heads.heads, name="heads"),
    path("heads/heads.jsonl", heads.heads_range, name="heads-range"),
    path("heads/verify_chain.py", heads.verifier, name="heads-verifier"),
    path("heads/heads-<str:day>.json", heads.heads_json, name="heads-json"),
    path("heads/heads-<str:day>.json.p7s", heads.heads_signature, name="heads-signature"),
    path("public/purchases/", purchases.purchases, name="purchases"),
    path("public/purchases/<slug:code>/", purchases.purchase, name="purchase"),
    path(
        "public/purchases/<slug:code>/published.json",
        purchases.purchase_json,
        name="purchase-json",
    ),
    path("signing/", views.signing, name="signing"),
    path("signing/root.pem", views.root, name="root"),
]

from django.urls import path

from home import pages, views
from home.takeout import views as takeout

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("inbox/", views.inbox, name="inbox"),
    path("search/", views.search, name="search"),
    path("inbox/read/", views.inbox_read, name="inbox-read"),
    path("inbox/calendar/", pages.calendar_link, name="calendar-link"),
    path("calendar/<slug:token>.ics", pages.calendar_feed, name="calendar-feed"),
    path("deadlines/rules/", pages.deadline_rules, name="deadline-rules"),
    path("deadlines/warnings/", pages.deadline_warnings, name="deadline-warnings"),
    path("brief/", pages.brief, name="brief"),
    path("brief/pdf/", pages.brief_pdf, name="brief-pdf"),
    path("takeout/", takeout.archives, name="takeout-list"),
    path("takeout/new/", takeout.archive_new, name="takeout-new"),
    path("takeout/<uuid:pk>/", takeout.archive, name="takeout"),
    path("takeout/<uuid:pk>/file/", takeout.file, name="takeout-file"),
    path("takeout/<uuid:pk>/remove/", takeout.remove, name="takeout-remove"),
]

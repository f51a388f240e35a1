from django.urls import path

from home import pages, views

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
]

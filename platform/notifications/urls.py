from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("messages/settings/", views.settings, name="settings"),
    path("messages/phone/", views.phone, name="phone"),
    path("messages/phone/code/", views.phone_code, name="phone-code"),
    path("messages/phone/remove/", views.phone_forget, name="phone-remove"),
    path("messages/log/", views.log, name="log"),
    path("messages/log/all/", views.org_log, name="org-log"),
    path("messages/deliveries/<int:pk>/again/", views.again, name="again"),
    path("messages/robots/", views.robots, name="robots"),
    path("messages/robots/new/", views.robot_new, name="robot-new"),
    path("messages/robots/<int:pk>/", views.robot, name="robot"),
    path("messages/robots/<int:pk>/test/", views.robot_try, name="robot-test"),
    path("messages/robots/<int:pk>/switch/", views.robot_turn, name="robot-switch"),
    path("messages/robots/<int:pk>/remove/", views.robot_end, name="robot-remove"),
]

"""What programs are told where people get a page: an address that is not there, and our own failures."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

API = ("/api/", "/field/api/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if request.path.startswith(API):
        return JsonResponse({"message": "没有这个地址"}, status=404)
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    if request.path.startswith(API):
        return JsonResponse({"message": "格式不对"}, status=400)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; why stands in the log only."""
    if request.path.startswith(API):
        return JsonResponse({"message": "系统出错了，请稍后再试"}, status=500)
    return defaults.server_error(request)

"""Headers of personal pages, and the page shown for an expected refusal that no view caught."""

from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from eit_platform.common.exceptions import BusinessError, TooManyAttempts


class PageHeadersMiddleware:
    """`no-store` on every page that is not static, and `Vary: HX-Request` since htmx asks for parts of pages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response


class BusinessErrorMiddleware:
    """Shows a refusal as a page in French when the view did not put it in its form."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, BusinessError):
            return None
        template = {409: "409.html", 429: "429.html"}.get(exception.status_code, "400.html")
        response = render(request, template, {"message": exception.message}, status=exception.status_code)
        if isinstance(exception, TooManyAttempts):
            response["Retry-After"] = str(exception.retry_after)
        return response

"""Error pages that Django asks for by name."""

from django.shortcuts import render


def csrf_failure(request, reason=""):
    return render(request, "csrf_failure.html", status=403)


def bad_request(request, exception=None):
    return render(request, "400.html", {"message": ""}, status=400)


def permission_denied(request, exception=None):
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def server_error(request):
    return render(request, "500.html", status=500)

"""Files served after the permission of the view that calls: as an attachment, under their own name."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

SHOWN_IN_THE_BROWSER = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp"})


def file_response(stored_file, *, inline: bool = False) -> HttpResponse:
    """The answer that carries a StoredFile; the caller has checked who asks.

    `inline` lets the browser show it, for PDF and images only: anything else could run as a page of ours.
    """
    shown = inline and stored_file.content_type in SHOWN_IN_THE_BROWSER
    response = HttpResponse(bytes(stored_file.content), content_type=stored_file.content_type)
    response["Content-Disposition"] = content_disposition_header(not shown, stored_file.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    if not shown:
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

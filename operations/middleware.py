"""Personal links never reach a log: the path kept for logs has its token masked."""

from operations.logs import mask_links


class MaskedPathMiddleware:
    """Gives `request.masked_path`, the only form of the path that may be logged."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.masked_path = mask_links(request.path)
        return self.get_response(request)

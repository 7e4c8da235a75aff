"""One's own API tokens."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from territories import services
from territories.forms import ApiTokenForm
from territories.models import ApiToken


@require_http_methods(["GET", "POST"])
@login_required
def token_list(request):
    """One's own API tokens; a new one is shown once."""
    form = ApiTokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        scopes = ["read", "write"] if form.cleaned_data["scope"] == "write" else ["read"]
        _token, secret = services.create_api_token(user=request.user, name=form.cleaned_data["name"], scopes=scopes)
        form = ApiTokenForm()
    context = {"form": form, "secret": secret, "tokens": ApiToken.objects.visible_to(request.user).live()}
    return render(request, "territories/token_list.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def token_revoke(request, uuid):
    """Stops a token at once."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user).live(), uuid=uuid)
    services.revoke_api_token(user=request.user, token=token)
    messages.success(request, _("Jeton révoqué."))
    return redirect("territories:token_list")

"""The page on which users create, list and revoke their own API tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import ApiToken
from accounts.sign_in.confirm import ask, is_confirmed
from core.addresses import read_networks
from core.auth.principals import OPERATE, groups_of
from core.http.decorators import page, user_of
from registry.listing import visible
from registry.state.service import service

if TYPE_CHECKING:
    from django.contrib.auth.models import User

DAYS = (7, 30, 90, 365)
MAX_TOKENS = 100
ALL_MODELS = _(
    "A token that operates is for all models: leave out the models, or the scope operate."
)
NETWORKS_HINT = _("Write addresses or networks, such as 192.0.2.7 or 10.0.0.0/8.")
PURPOSES = [
    ("use", _("chat, ask for SQL and for embeddings")),
    ("chat", _("only chat")),
    ("sql", _("only ask for SQL, and ask data sources")),
    ("embeddings", _("only ask for embeddings")),
]


class TokenForm(forms.Form):
    """The name of a new token, how long it is valid, and what else it may do."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What will use it: a script, a program.")
    )
    days = forms.TypedChoiceField(label=_("Valid for"), coerce=int)
    operate = forms.BooleanField(
        label=_("May also switch the models that are used by default"), required=False
    )
    purpose = forms.ChoiceField(
        label=_("Scope"),
        choices=PURPOSES,
        initial="use",
        required=False,
    )
    local_only = forms.BooleanField(
        label=_("What it sends stays in the house: only local models get it"), required=False
    )
    model_ids = forms.MultipleChoiceField(
        label=_("Only these models"),
        required=False,
        help_text=_("Choose none, and it may use all that you may."),
    )
    networks = forms.CharField(
        label=_("Only from these addresses"),
        required=False,
        max_length=1000,
        help_text=_("Such as 192.0.2.7 or 10.0.0.0/8 2001:db8::/32. Empty: from everywhere."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.user = user
        days = sorted({*DAYS, settings.TOKEN_DAYS})
        self.fields["days"].choices = [(n, _days(n)) for n in days]  # type: ignore[attr-defined]
        self.fields["days"].initial = settings.TOKEN_DAYS
        usable = visible(service.current, groups_of(user))
        self.fields["model_ids"].choices = [(model.id, model.id) for model in usable]  # type: ignore[attr-defined]
        if not user.has_perm(OPERATE):
            del self.fields["operate"]

    def clean_networks(self) -> list[str]:
        words: list[str] = self.cleaned_data["networks"].replace(",", " ").split()
        try:
            read_networks(words)
        except ValueError as error:
            raise forms.ValidationError(f"{error}. {NETWORKS_HINT}") from None
        return words

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("operate") and self.cleaned_data.get("model_ids"):
            raise forms.ValidationError(ALL_MODELS)
        if ApiToken.objects.filter(user=self.user).count() >= MAX_TOKENS:
            text = gettext("You have {count} tokens. Revoke one first.")
            raise forms.ValidationError(text.format(count=MAX_TOKENS))
        return self.cleaned_data

    def save(self) -> str:
        """Store a token and return it: the only time that it is shown."""
        data = self.cleaned_data
        more = ["operate"] if data.get("operate") else []
        scopes = " ".join([data["purpose"] or "use", *more])
        limits = {name: data[name] for name in ("local_only", "model_ids", "networks")}
        return ApiToken.make(self.user, data["name"], scopes, data["days"], **limits)


def _days(count: int) -> str:
    return ngettext("{n} day", "{n} days", count).format(n=count)


@require_http_methods(["GET", "HEAD", "POST"])
@page
@sensitive_variables("token")
def tokens(request: HttpRequest) -> HttpResponse:
    """List the user's tokens. A POST creates one, which only its response shows."""
    user = user_of(request)
    form = TokenForm(user, request.POST or None)
    token, status = "", 200
    if request.method == "POST":
        if not is_confirmed(request):
            return ask(request.path)
        if form.is_valid():
            token = form.save()
            form = TokenForm(user)
        else:
            status = 400
    own = ApiToken.objects.filter(user=user)
    context = {
        "form": form,
        "token": token,
        "tokens": own,
        "confirmed": is_confirmed(request),
        "called": _called(token, user),
        "address": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "accounts/tokens.html", context, status=status)


def _called(token: str, user: User) -> str:
    """Return the model of the example call with a new token; none if it may not chat."""
    record = ApiToken.objects.filter(user=user).order_by("-created").first() if token else None
    if record is None or not {"use", "chat"} & {*record.scopes.split()}:
        return ""
    able = [model.id for model in service.current.able("chat", groups_of(user))]
    usable = [name for name in able if not record.model_ids or name in record.model_ids.split()]
    default = service.current.defaults.get("chat", "")
    return default if default in usable else next(iter(usable), "")


@require_POST
@page
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """Delete one of the user's tokens."""
    token = ApiToken.objects.filter(user=user_of(request), token_key=key).first()
    if token is None:
        raise Http404
    token.delete()
    messages.success(request, gettext("Revoked {name}.").format(name=token.name))
    return redirect("tokens")

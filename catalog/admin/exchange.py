"""Import and export on the products' list: upload, look, confirm (row I5)."""

import hashlib
import tempfile
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog import exchange
from catalog.admin.exchange_form import UploadForm
from catalog.exchange import waiting
from catalog.exchange.deeds import PlanMoved
from catalog.exchange.plan import State
from catalog.models import Product, ProductImport
from shop import clock
from shop.refusals import Refusal

#: What the role `catalogue` has and no other.
RIGHTS = [
    f"catalog.{verb}_{model}"
    for model in ("product", "variant", "brand", "picture")
    for verb in ("add", "change")
]
MOST_SHOWN = 500

Page = ModelAdmin[Product]
View = Callable[..., HttpResponseBase]


class ExchangeMixin:
    """Adds the addresses; the buttons stand in the list's template."""

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [
            self._path("import/", start_import, "import"),
            self._path("import/<int:pk>/", confirm_import, "import_look"),
            self._path("export/", export, "export"),
            *urls,
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"may_exchange": _may(request), **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[misc]

    def _path(self, route: str, view: View, name: str) -> URLPattern:
        guard: Callable[[View], View] = self.admin_site.admin_view  # type: ignore[attr-defined]
        return path(route, guard(_of_page(self, view)), name=f"catalog_product_{name}")


def _of_page(page: Any, view: View) -> View:
    @wraps(view)
    def run(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not _may(request):
            raise PermissionDenied
        return view(request, page=page, **kwargs)

    return run


@require_http_methods(["GET", "HEAD", "POST"])
def start_import(request: HttpRequest, *, page: Page) -> HttpResponseBase:
    """Take a file, and a ZIP of pictures, and keep them for the look."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = waiting.keep(
                form.sheet,
                content=form.content,
                archive=form.archive,
                by_id=_staff_id(request),
                session=_session_mark(request),
                now=clock.now(),
            )
        except OSError:
            form.add_error("pictures", _("The pictures could not be stored."))
        else:
            return redirect("admin:catalog_product_import_look", kept.pk)
    return _answer(request, page, "import_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_import(request: HttpRequest, *, page: Page, pk: int) -> HttpResponseBase:
    """Show what the file would do; after a yes, do just that."""
    kept = _kept(request, pk)
    if kept is None:
        raise Http404
    sheet = exchange.read(bytes(kept.content), kept.name)
    if request.method != "POST":
        return _look(request, page, sheet, kept)
    if "cancel" in request.POST:
        waiting.forget(kept)
        return redirect("admin:catalog_product_changelist")
    try:
        applied = exchange.apply_import(
            sheet,
            by_id=_staff_id(request),
            taken=kept.pictures,
            seen=request.POST.get("seen") or "-",
        )
    except PlanMoved as refusal:
        messages.warning(request, str(refusal))
        return redirect("admin:catalog_product_import_look", kept.pk)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:catalog_product_import_look", kept.pk)
    waiting.forget(kept)
    return _done(request, kept.name, applied.product_ids, applied.counts)


@require_POST
def export(request: HttpRequest, *, page: Page) -> HttpResponseBase:
    """Send the list's products, as it is filtered, as CSV or XLSX."""
    try:
        shown = page.get_changelist_instance(request).get_queryset(request)
    except IncorrectLookupParameters:
        return redirect("admin:catalog_product_changelist")
    ids = list(shown.order_by("pk").values_list("pk", flat=True).distinct())
    _log(request, "export", _("Exported %(number)d products") % {"number": len(ids)})
    name = f"products-{clock.now():%Y%m%d-%H%M}"
    if request.POST.get("format") != "xlsx":
        response = StreamingHttpResponse(
            exchange.csv_lines(ids), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115, the answer closes it
    try:
        exchange.write_xlsx(ids, file)
    except exchange.Refused as refused:
        messages.error(request, refused.told()[0])
        return redirect("admin:catalog_product_changelist")
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


def _may(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.has_perms(RIGHTS))


def _staff_id(request: HttpRequest) -> int:
    pk = request.user.pk
    if pk is None:  # the admin has let nobody in who is not signed in
        raise PermissionDenied
    return pk


def _session_mark(request: HttpRequest) -> str:
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()


def _kept(request: HttpRequest, pk: int) -> ProductImport | None:
    all_waiting = ProductImport.objects.waiting(clock.now())
    mine = all_waiting.filter(by=request.user.pk, session=_session_mark(request))
    return mine.filter(pk=pk).first()


def _look(
    request: HttpRequest, page: Page, sheet: exchange.Sheet, kept: ProductImport
) -> HttpResponse:
    plan = exchange.look(sheet, taken=kept.pictures)
    rows = [row for row in plan.looks if row.state != State.UNCHANGED]
    # First what has to be put right.
    rows.sort(key=lambda row: (row.state != State.ERROR, row.line))
    beside = [problem for problem in plan.problems if problem.line == 1]
    context = {
        "name": sheet.name,
        "plan": plan,
        "rows": rows[:MOST_SHOWN],
        "more": max(0, len(rows) - MOST_SHOWN),
        "beside": beside,
    }
    return _answer(request, page, "import_look.html", context)


def _answer(
    request: HttpRequest, page: Page, template: str, context: dict[str, Any]
) -> HttpResponse:
    return TemplateResponse(
        request,
        f"admin/catalog/product/{template}",
        {
            **page.admin_site.each_context(request),
            "opts": page.opts,
            "title": _("Import products"),
            **context,
        },
    )


def _done(
    request: HttpRequest, name: str, product_ids: list[int], counts: dict[str, int]
) -> HttpResponse:
    said = _("Imported: %(new)d new, %(changed)d changed, %(unchanged)d unchanged.")
    said %= counts
    messages.success(request, said)
    _log(request, name, said)
    # And in the history of each product.
    LogEntry.objects.log_actions(
        user_id=_staff_id(request),
        queryset=Product.objects.filter(pk__in=product_ids),
        action_flag=CHANGE,
        change_message=_("Imported from %(name)s") % {"name": name},
    )
    return redirect("admin:catalog_product_changelist")


def _log(request: HttpRequest, name: str, said: str) -> None:
    LogEntry.objects.create(
        user_id=_staff_id(request),
        content_type=ContentType.objects.get_for_model(Product),
        object_repr=name[:200],
        action_flag=CHANGE,
        change_message=said,
    )

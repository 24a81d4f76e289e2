"""How figures are computed."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.presenters.methods import method_documents
from dashboard.views.htmx import HtmxRequest


@require_safe
def method(request: HtmxRequest, name: str) -> HttpResponse:
    """Show one document on methods, beside links to the others."""
    documents = method_documents()
    if name not in documents:
        raise Http404(f"There is no document on {name}. There are: {', '.join(documents)}.")
    context = {"document": documents[name], "documents": documents.values()}
    return render(request, "methods/page.html", context)

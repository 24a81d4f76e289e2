"""The addresses of the dashboard."""

from django.urls import URLPattern, URLResolver, path

from dashboard.views.jobs import cancel_job, job, jobs
from dashboard.views.overview import overview

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview, name="overview"),
    path("jobs/", jobs, name="jobs"),
    path("jobs/<uuid:job_id>/", job, name="job"),
    path("jobs/<uuid:job_id>/cancel/", cancel_job, name="cancel_job"),
]

"""Template filters for the choices of requests; `dashboard.labels` has the words."""

from django import template

from dashboard import labels
from dashboard.presenters.job_outcome import outcome_of
from dashboard.presenters.titles import run_name

register = template.Library()

register.filter("job_title", labels.job_title)
register.filter("job_duration", labels.job_duration)
register.filter("choice", labels.choice)
register.filter("rule_in_short", labels.rule_in_short)
register.filter("advantage_label", labels.advantage_label)
register.filter("significance", labels.significance)
register.filter("outcome", outcome_of)
register.filter("run_name", run_name)

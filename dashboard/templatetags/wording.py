"""Template filters for the choices of requests; `dashboard.labels` has the words."""

from django import template

from dashboard import labels
from dashboard.presenters import titles
from dashboard.presenters.job_outcome import outcome_of

register = template.Library()

register.filter("job_title", labels.job_title)
register.filter("job_duration", labels.job_duration)
register.filter("choice", labels.choice)
register.filter("rule_in_short", labels.rule_in_short)
register.filter("advantage_label", labels.advantage_label)
register.filter("significance", labels.significance)
register.filter("outcome", outcome_of)
register.filter("run_name", titles.run_name)
register.filter("sweep_name", titles.sweep_name)
register.filter("universe_name", titles.universe_name)
register.filter("universe_title", titles.universe_title)
register.filter("forecast_name", titles.forecast_name)

"""Template filters for the choices of requests; `dashboard.wording` has the words."""

from django import template

from dashboard import wording

register = template.Library()

register.filter("job_title", wording.job_title)
register.filter("job_duration", wording.job_duration)
register.filter("choice", wording.choice)
register.filter("rule_in_short", wording.rule_in_short)
register.filter("advantage_label", wording.advantage_label)
register.filter("significance", wording.significance)

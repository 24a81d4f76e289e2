"""The printed reports: a stored document in, the bytes of a PDF out.

WeasyPrint takes most of a second to import: `pdf` is imported with the first report, not with the
site, or before the first request by `warm_up`.
"""


def warm_up() -> None:
    """Import what prints a report and print an empty one, so that the first reader does not wait for that.

    Asks no database.
    """
    from dashboard.reports import pdf

    pdf.print_empty_report()

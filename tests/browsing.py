"""What the browser tests share."""

from playwright.sync_api import ConsoleMessage, Page


def browser_complaints(page: Page) -> list[str]:
    """Return a list that fills with every error that the browser reports for `page` from now on.

    A script or style that the Content-Security-Policy blocks is among them.
    """
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} {message.location.get('url', '')}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints

"""A stand-in for the market data provider, for containers: it answers any symbol and counts its requests.

It runs in the plain Python image, so it needs the standard library alone. `GET /asked` tells what was asked.
"""

import json
import sys
import threading
import time
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

SECONDS_FOR_AN_ANSWER = 0.3
BARS = 100
asked: list[str] = []
lock = threading.Lock()


class Provider(BaseHTTPRequestHandler):
    """Alpha Vantage's wire format, with invented prices."""

    def do_GET(self) -> None:  # the library's name
        """Answer a question about a symbol, or tell the questions so far."""
        address = urlsplit(self.path)
        if address.path == "/asked":
            self._send({"requests": asked})
            return
        question = dict(parse_qsl(address.query))
        with lock:
            asked.append(f"{question['function']} {question['symbol']}")
        time.sleep(SECONDS_FOR_AN_ANSWER)
        self._send(_answer(question["function"], question["symbol"]))

    def _send(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the log empty."""


def _answer(function: str, symbol: str) -> object:
    if function != "TIME_SERIES_DAILY":
        return {"symbol": symbol, "data": []}
    return {
        "Meta Data": {"2. Symbol": symbol, "4. Output Size": "Compact"},
        "Time Series (Daily)": {day.isoformat(): _bar(number) for number, day in enumerate(_sessions())},
    }


def _sessions() -> list[date]:
    days = [date(2026, 10, 30) - timedelta(days=number) for number in range(2 * BARS)]
    return [day for day in days if day.weekday() < 5][:BARS]


def _bar(number: int) -> dict[str, str]:
    close = 100 + number % 7
    return {
        "1. open": f"{close}",
        "2. high": f"{close + 1}",
        "3. low": f"{close - 1}",
        "4. close": f"{close}",
        "5. volume": "1000",
    }


if __name__ == "__main__":
    server = ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Provider)  # noqa: S104 - inside a container
    server.serve_forever()

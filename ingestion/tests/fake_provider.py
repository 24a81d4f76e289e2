"""A real HTTP server on the loopback interface that speaks Alpha Vantage's wire format."""

import json
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "DemoTestKey+9/Z"  # with characters that an address must encode


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server sends.

    silence: seconds before the first byte; stall: seconds after the first half of the body.
    reset: whether the connection is torn down instead.
    """

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    silence: float = 0
    stall: float = 0
    reset: bool = False

    @classmethod
    def of(cls, value: object) -> "Reply":
        return cls(body=json.dumps(value).encode())


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    at: float
    parameters: dict[str, str]

    @property
    def function(self) -> str:
        return self.parameters["function"]


class LoopbackProvider:
    """Answers each function with the replies given for it, in order; the last one again and again."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._replies: defaultdict[str, list[Reply]] = defaultdict(list)
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> "LoopbackProvider":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/query"

    def answer(self, function: str, *replies: Reply | Mapping[str, object]) -> None:
        self._replies[function] = [
            reply if isinstance(reply, Reply) else Reply.of(reply) for reply in replies
        ]

    def asked(self) -> list[str]:
        """Return the functions asked for, each with the output size where one was given."""
        return [
            " ".join(filter(None, (request.function, request.parameters.get("outputsize"))))
            for request in self.requests
        ]

    def _reply_to(self, request: Request) -> Reply:
        replies = self._replies[request.function]
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the library's name
                request = Request(time.monotonic(), dict(parse_qsl(urlsplit(self.path).query)))
                provider.requests.append(request)
                reply = provider._reply_to(request)
                with suppress(BrokenPipeError, ConnectionResetError):  # the client may have given up
                    self._send(reply)

            def _send(self, reply: Reply) -> None:
                if reply.reset:
                    # Without lingering, closing sends a reset instead of an end.
                    self.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    return
                provider._closing.wait(reply.silence)
                self.send_response(reply.status)
                headers = {"Content-Type": "application/json", "Content-Length": str(len(reply.body))}
                for name, value in (headers | reply.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                half = len(reply.body) // 2 if reply.stall else 0
                self.wfile.write(reply.body[:half])
                provider._closing.wait(reply.stall)
                self.wfile.write(reply.body[half:])

            def log_message(self, *_: object) -> None:
                """Keep the tests' output clean."""

        return Handler


class EverySymbol(LoopbackProvider):
    """Serves the same days of every symbol to a free key; `silence`: seconds before each answer."""

    def __init__(self, days: Iterable[date]) -> None:
        super().__init__()
        self.days = list(days)
        self.silence = 0.0

    def _reply_to(self, request: Request) -> Reply:
        return replace(Reply.of(self._body(request)), silence=self.silence)

    def _body(self, request: Request) -> Mapping[str, object]:
        symbol = request.parameters["symbol"]
        if request.function == "SPLITS":
            return splits(symbol)
        if request.function == "DIVIDENDS":
            return dividends(symbol)
        is_full = request.parameters["outputsize"] == "full"
        return FULL_IS_PREMIUM if is_full else daily(symbol, self.days)


def daily(symbol: str, days: Iterable[date], **changed: str) -> dict[str, Any]:
    """Return a TIME_SERIES_DAILY answer, newest first; `changed` replaces values of the newest bar."""
    values = {
        "1. open": "101.0000",
        "2. high": "103.5000",
        "3. low": "99.2500",
        "4. close": "102.7500",
        "5. volume": "6318079",
    }
    rows = {day.isoformat(): dict(values) for day in sorted(days, reverse=True)}
    for name, value in changed.items():
        newest = next(iter(rows.values()))
        newest[next(column for column in values if column.endswith(name))] = value
    return {
        "Meta Data": {
            "1. Information": "Daily Prices (open, high, low, close) and Volumes",
            "2. Symbol": symbol,
            "3. Last Refreshed": next(iter(rows), ""),
            "4. Output Size": "Compact",
            "5. Time Zone": "US/Eastern",
        },
        "Time Series (Daily)": rows,
    }


def splits(symbol: str, *rows: tuple[str, str]) -> dict[str, Any]:
    """Return a SPLITS answer."""
    return {
        "symbol": symbol,
        "data": [{"effective_date": day, "split_factor": factor} for day, factor in rows],
    }


def dividends(symbol: str, *rows: tuple[str, str]) -> dict[str, Any]:
    """Return a DIVIDENDS answer."""
    return {
        "symbol": symbol,
        "data": [
            {
                "ex_dividend_date": day,
                "declaration_date": "None",
                "record_date": day,
                "payment_date": day,
                "amount": amount,
            }
            for day, amount in rows
        ],
    }


def weekdays(last: date, count: int) -> list[date]:
    """Return the `count` weekdays up to `last`."""
    days = (last - timedelta(days=back) for back in range(2 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


BURST = {
    "Information": "Thank you for using Alpha Vantage! Please consider spreading out your free API requests "
    "more sparingly (1 request per second). You may subscribe to any of the premium plans to lift the free "
    "key rate limit (25 requests per day), raise the per-second burst limit, and instantly unlock all "
    "premium endpoints"
}
DAILY_QUOTA = {
    "Information": f"We have detected your API key as {KEY} and our standard API rate limit is 25 requests "
    "per day. Please subscribe to any of the premium plans to instantly remove all daily rate limits."
}
FULL_IS_PREMIUM = {
    "Information": "Thank you for using Alpha Vantage! The outputsize=full parameter value is a premium "
    "feature for the TIME_SERIES_DAILY endpoint. You may subscribe to any of the premium plans to instantly "
    "unlock all premium features"
}
BAD_SYMBOL = {
    "Error Message": "Invalid API call. Please retry or visit the documentation for TIME_SERIES_DAILY."
}

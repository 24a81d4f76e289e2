"""The API of backtests."""

from ninja import Router

router = Router(tags=["backtests"])

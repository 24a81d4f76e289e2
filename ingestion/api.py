"""The API of market data."""

from ninja import Router

router = Router(tags=["instruments"])

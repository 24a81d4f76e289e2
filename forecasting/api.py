"""The API of models and forecasts."""

from ninja import Router

models_router = Router(tags=["models"])
forecasts_router = Router(tags=["forecasts"])

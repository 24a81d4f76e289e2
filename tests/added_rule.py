"""A Hindcast with one more rule, used by `test_adding_a_rule` in a process of its own.

The rule is added to the text of two modules, as a developer would, before anything is imported; nothing
else is changed. The database is that of the tests, and keeps nothing.
"""

import json
import sys
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any

NAMED = '    MA_ENVELOPE = "ma_envelope"\n'
DEFINED = """

def momentum(prices, asked):
    side = np.zeros(len(prices), dtype=np.int8)
    side[asked.slow :] = np.sign(prices.close[asked.slow :] - prices.close[: -asked.slow])
    return Decisions(side=side, known_from=asked.slow, indicators=())


RULES = {
    **RULES,
    Rule.MOMENTUM: RuleDefinition(
        title="Momentum",
        name="Momentum",
        description="Buys while the close is above the one some bars ago.",
        source="Jegadeesh and Titman (1993)",
        uses=("slow",),
        decide=momentum,
        presets=(_preset("A quarter", slow=63),),
    ),
}
"""
WINDOWS = [21, 63, 126]


class AddingLoader(SourceFileLoader):
    """Compiles the two modules from their text with the rule in it."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        text = self.get_data(path).decode()
        if fullname.endswith(".enums"):
            assert NAMED in text
            text = text.replace(NAMED, f'{NAMED}    MOMENTUM = "momentum"\n')
        else:
            text += DEFINED
        return compile(text, path, "exec")


class AddingFinder:
    """Finds the two modules before Python's own finders do."""

    CHANGED = ("strategies.engine.enums", "strategies.engine.rules")

    @classmethod
    def find_spec(cls, name: str, path: Any, target: Any = None) -> Any:
        if name not in cls.CHANGED:
            return None
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path)
        assert spec is not None
        spec.loader = AddingLoader(name, str(spec.origin))
        return spec


def use_the_rule() -> dict[str, Any]:
    """Return what form, API, sweep and documents say of the new rule."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.db import transaction
    from django.test import Client

    from strategies.engine import kernel_loader

    kernel_loader.wait()
    with transaction.atomic():
        client = Client()
        client.force_login(User.objects.create_user("adds a rule"))
        found = _used_by(client)
        transaction.set_rollback(True)
    return found


def _used_by(client: Any) -> dict[str, Any]:
    form = client.get("/backtests/", {"symbol": "AAPL", "rule": "momentum", "slow": "63"}, follow=True)
    singles = [_posted(client, "backtests", {"rule": "momentum", "slow": window}) for window in WINDOWS]
    sweep = _posted(client, "sweeps", {"rule": "momentum", "slow": WINDOWS})
    page = client.get(f"/backtests/{singles[1]['id']}/")
    swept = client.get("/sweeps/", {"symbol": "AAPL", "rule": "momentum", "slow": "21, 63, 126"}, follow=True)
    return {
        "form": form.content.decode(),
        "page": page.content.decode(),
        "sweep_page": swept.content.decode(),
        "csv": client.get(f"/sweeps/{sweep['id']}.csv").content.decode(),
        "dates": singles[1]["series"]["dates"],
        "close": singles[1]["series"]["close"],
        "position": singles[1]["series"]["position"],
        "windows": sweep["cells"]["slow"],
        "returns_of_cells": sweep["cells"]["total_return"],
        "returns_of_backtests": [single["metrics"]["total_return"] for single in singles],
        "schema": client.get("/api/v1/openapi.json").json()["components"]["schemas"]["Rule"]["enum"],
    }


def _posted(client: Any, kind: str, parameters: dict[str, Any]) -> Any:
    response = client.post(
        f"/api/v1/{kind}",
        json.dumps({"symbol": "AAPL", "commission_rate": 0, "entry": "on_state", **parameters}),
        content_type="application/json",
    )
    assert response.status_code == 201, response.content
    return response.json()


if __name__ == "__main__":
    sys.meta_path.insert(0, AddingFinder)
    json.dump(use_the_rule(), sys.stdout)

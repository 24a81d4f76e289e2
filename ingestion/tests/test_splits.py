"""Steps of prices that look like splits, and the splits that people record for them."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from ingestion.bars import Adjustment, load_bars
from ingestion.models import ActionKind
from ingestion.splits import find_steps
from ingestion.store.batch import Action
from ingestion.tests.factories import stored_closes

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 4)
CLOSES = {date(2024, 1, 2): 1000.0, date(2024, 1, 3): 1010.0, DAY: 101.0, date(2024, 1, 5): 102.0}
URL = "/api/v1/instruments/QSTEP/splits"


def recorded(client: Client, value: float = 10, day: str = "2024-01-04") -> int:
    body = {"date": day, "value": value}
    return client.post(URL, body, content_type="application/json").status_code


def test_a_step_is_found_until_its_split_is_recorded(operator: Client) -> None:
    stored_closes("QSTEP", CLOSES)
    stored_closes("QFLAT", dict.fromkeys(CLOSES, 10.0))
    (found,) = find_steps()
    assert (found.symbol, found.step.day, found.step.ratio) == ("QSTEP", DAY, 10)
    assert recorded(operator) == 201
    assert find_steps() == []
    assert load_bars("QSTEP", adjustment=Adjustment.SPLITS).close.tolist() == [100, 101, 101, 102]
    assert operator.delete(f"{URL}/2024-01-04").status_code == 204
    assert [step.symbol for step in find_steps()] == ["QSTEP"]
    assert operator.delete(f"{URL}/2024-01-04").status_code == 422


def test_a_fetch_keeps_a_split_that_somebody_recorded(operator: Client) -> None:
    stored_closes("QSTEP", CLOSES)
    assert recorded(operator) == 201
    other = Action(date=date(2024, 1, 5), kind=ActionKind.SPLIT, value=Decimal(2))
    stored_closes("QSTEP", CLOSES, actions=[other])
    actions = operator.get("/api/v1/instruments/QSTEP").json()["actions"]
    assert [(action["date"], action["value"]) for action in actions] == [
        ("2024-01-04", 10),
        ("2024-01-05", 2),
    ]
    assert operator.delete(f"{URL}/2024-01-05").status_code == 422


@pytest.mark.parametrize(
    ("value", "day"), [(1, "2024-01-04"), (1e9, "2024-01-04"), (2, "2024-01-02"), (2, "2024-02-01")]
)
def test_what_is_no_split_is_refused(operator: Client, value: float, day: str) -> None:
    stored_closes("QSTEP", CLOSES)
    assert recorded(operator, value, day) == 422


def test_only_staff_record_splits(reader: Client) -> None:
    stored_closes("QSTEP", CLOSES)
    assert recorded(reader) == 403

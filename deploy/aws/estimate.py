"""Estimate what each example of parameters costs a month, as a table in Markdown.

Prices are AWS's list prices on demand in us-east-1, in US dollars, noted in 2026 and rounded: they
change, and other regions differ. Data transfer beyond what is named, taxes and support are not in it.
Usage: estimate.py
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parent / "examples"
HOURS = 730
HOST_HOUR = {"t3.medium": 0.0416, "m7i.large": 0.1008, "c7i.2xlarge": 0.357}
DATABASE_HOUR = {"db.t4g.small": 0.032, "db.m7g.large": 0.168, "db.r7g.xlarge": 0.478}
"""Of a server alone; a standby doubles it."""
NAT_HOUR = 0.045
NAT_GIGABYTE = 0.045
BALANCER_HOUR = 0.0225
BALANCER_UNIT_HOUR = 0.008
PUBLIC_ADDRESS_HOUR = 0.005
HOST_DISK_GIGABYTE = 0.08
DATABASE_GIGABYTE = 0.115
SECRET = 0.40
ALARM = 0.10
LOG_GIGABYTE = 0.50
HOST_DISK = 30
ALARMS = 11
SNAPSHOT_GIGABYTE = 0.095
"""Of the snapshots before releases; the automatic backups are free up to the size of the database."""
METRIC = 0.30
METRICS_A_HOST = 7 + 4
"""Detailed monitoring, and what deploy/host/watch tells."""
FIREWALL = 5 + 2 * 1 + 1 * 0.60
"""A list with two rules, and a million requests."""
SIGNING_KEY = 1.00
GIGABYTES_THROUGH_NAT = 20
LOG_GIGABYTES_A_HOST = 3 + 1
"""The containers' entries, and the network's flows."""


@dataclass(frozen=True)
class Estimate:
    """Dollars a month for one example."""

    name: str
    hosts: float
    database: float
    network: float
    rest: float

    @property
    def total(self) -> float:
        """Return the sum."""
        return self.hosts + self.database + self.network + self.rest


def estimate(name: str, example: dict[str, Any]) -> Estimate:
    """Return the cost of the hosts that always run and all that stands around them."""
    parameters = example["site"]
    hosts = parameters["HostsAtLeast"]
    copies = 2 if parameters["DatabaseStandby"] == "true" else 1
    gateways = 2 if example["network"]["NatGatewayPerZone"] == "true" else 1
    addresses = 2 + gateways  # the load balancer has one in each zone
    return Estimate(
        name=name,
        hosts=hosts * (HOURS * HOST_HOUR[parameters["HostType"]] + HOST_DISK * HOST_DISK_GIGABYTE),
        database=copies
        * (
            HOURS * DATABASE_HOUR[parameters["DatabaseType"]]
            + parameters["DatabaseGigabytes"] * DATABASE_GIGABYTE
        )
        + parameters["DatabaseGigabytes"] * SNAPSHOT_GIGABYTE,
        network=HOURS
        * (BALANCER_HOUR + BALANCER_UNIT_HOUR + gateways * NAT_HOUR + addresses * PUBLIC_ADDRESS_HOUR)
        + GIGABYTES_THROUGH_NAT * NAT_GIGABYTE
        + FIREWALL,
        rest=2 * SECRET
        + SIGNING_KEY
        + ALARMS * ALARM
        + hosts * (LOG_GIGABYTES_A_HOST * LOG_GIGABYTE + METRICS_A_HOST * METRIC),
    )


def table() -> str:
    """Return the estimates of all examples, the cheapest first."""
    examples = {path.stem: json.loads(path.read_text()) for path in EXAMPLES.glob("*.json")}
    estimates = sorted((estimate(*example) for example in examples.items()), key=lambda each: each.total)
    rows = [
        "| example | hosts | database, snapshots | network, firewall | logs, metrics, secrets | a month |",
        "|---|---|---|---|---|---|",
    ]
    for each in estimates:
        parameters = examples[each.name]["site"]
        standby = ", with standby" if parameters["DatabaseStandby"] == "true" else ""
        rows.append(
            f"| `{each.name}` | {parameters['HostsAtLeast']} of {parameters['HostType']}: ${each.hosts:,.0f} "
            f"| {parameters['DatabaseType']}{standby}: ${each.database:,.0f} "
            f"| ${each.network:,.0f} | ${each.rest:,.0f} | **${each.total:,.0f}** |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())

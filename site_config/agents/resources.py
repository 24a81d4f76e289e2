"""What agents can read besides calling tools: documents, reports, methods; and prompts to begin with."""

import json
from collections.abc import Callable
from typing import Literal

from mcp.server.fastmcp import FastMCP

from dashboard.presenters.methods import FOLDER
from site_config.agents.arguments import id_path
from site_config.agents.site_api import SiteApi

HONEST_TEST = """\
Test this rule honestly with Hindcast: {rule}

1. List the instruments and choose {symbol}, or the stored symbol that fits the rule best.
2. Before you look at any result, write down what you expect and why, and which parameters you would trade.
3. Run that one backtest. Compare it with buy and hold, and read its caveats.
4. Sweep the parameters around it. Report the verdict's headline and sentence, not the best return.
5. Say what speaks against the rule: number of trials ever, costs, few trades, one symbol.
6. Every run counts as a trial. Do not repeat runs until one looks good; say how many you made.
Conclude with the verdict in one sentence, and give the links.
"""

LUCK = """\
Is the result of backtest {run} luck?

1. Read hindcast://backtests/{run} for its rule, parameters and days.
2. Sweep the same rule around its parameters on the same symbol and days.
3. From the verdict take trials_ever, deflated_sharpe_ever, probability_of_overfitting and
   spa_p_value_exposure_matched; explain each in a sentence.
4. If the headline is "none", say plainly that luck explains the result. Do not search for another run.
"""


def add_resources(server: FastMCP, api: SiteApi) -> None:
    """Add documents and reports of results, and the documents on methods."""

    @server.resource("hindcast://{kind}/{run}", mime_type="application/json")
    async def document(kind: Literal["backtests", "sweeps", "forecasts"], run: str) -> str:
        """The whole document of a stored result: backtests, sweeps or forecasts."""
        return json.dumps(await api.get(f"/{_kind(kind)}/{id_path(run)}"))

    @server.resource("hindcast://{kind}/{run}/report.pdf", mime_type="application/pdf")
    async def printed_report(kind: Literal["backtests", "sweeps", "forecasts"], run: str) -> bytes:
        """The printed report of a stored result."""
        return await api.content(f"/{_kind(kind)}/{id_path(run)}/report.pdf")

    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text()
        title = text.partition("\n")[0].removeprefix("# ")
        server.resource(f"hindcast://methods/{path.stem}", title=title, mime_type="text/markdown")(
            _reader(text)
        )


def add_prompts(server: FastMCP) -> None:
    """Add the prompts to begin with."""

    @server.prompt(title="Test this rule honestly")
    def test_this_rule_honestly(rule: str, symbol: str = "AAPL") -> str:
        """Test a rule with its expectations written down first, and judge it by the verdict."""
        return HONEST_TEST.format(rule=rule, symbol=symbol)

    @server.prompt(title="Is this result luck?")
    def is_this_result_luck(run: str) -> str:
        """Judge a stored backtest by a sweep around its parameters."""
        return LUCK.format(run=run)


def _kind(kind: str) -> str:
    if kind not in {"backtests", "sweeps", "forecasts"}:
        raise ValueError("There are backtests, sweeps and forecasts.")
    return kind


def _reader(text: str) -> Callable[[], str]:
    """Return a function that returns `text`."""

    def read() -> str:
        """How figures are computed."""
        return text

    return read

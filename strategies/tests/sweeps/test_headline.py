"""The headline of a verdict: every case of the table, and the same table in the documentation."""

from pathlib import Path

from strategies.sweeps.headline import RULES, Findings, Headline, all_findings, headline_of

METHODS = Path(__file__).parents[3] / "docs/methods/sweeps.md"
IN_WORDS = {True: "yes", False: "no", None: "either"}


def test_every_case_has_the_headline_that_the_table_gives_it() -> None:
    """Without a lead over the same exposure there is none; strong evidence takes every finding."""
    cases = all_findings()
    assert len(cases) == len(set(cases)) == 32
    for case in cases:
        agreeing = (case.beats_clearly, case.best_survives, case.exceeds_luck, case.choice_holds_up)
        if not case.beats_same_exposure:
            expected = Headline.NONE
        elif all(agreeing):
            expected = Headline.STRONG
        else:
            expected = Headline.WEAK
        assert headline_of(case) is expected


def test_no_further_passed_test_weakens_the_headline() -> None:
    order = list(Headline)
    assert len(list(all_findings())) > len(order)
    for case in all_findings():
        for name, passed in vars(case).items():
            if not passed:
                better = headline_of(Findings(**{**vars(case), name: True}))
                assert order.index(better) >= order.index(headline_of(case))


def test_every_rule_decides_some_case() -> None:
    deciding = {next(rule for rule in RULES if rule.applies(case)) for case in all_findings()}
    assert deciding == set(RULES)


def test_the_documentation_has_the_same_table() -> None:
    rows = [
        "| "
        + " | ".join(
            (
                *(IN_WORDS[getattr(rule, name)] for name in Findings.__dataclass_fields__),
                f"**{rule.headline}**",
            )
        )
        + " |"
        for rule in RULES
    ]
    assert "\n".join(rows) in METHODS.read_text()

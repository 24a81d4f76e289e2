"""What is wrong with a rule's text."""

from strategies.engine.language.tree import Place


class RuleTextError(ValueError):
    """A text that is no rule; `line` and `column` count from 1."""

    def __init__(self, reason: str, place: Place) -> None:
        super().__init__(f"Line {place.line}, column {place.column}: {reason}")
        self.reason, self.line, self.column = reason, place.line, place.column

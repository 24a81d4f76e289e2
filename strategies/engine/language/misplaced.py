"""What to say of a text that the grammar does not take."""

from difflib import get_close_matches

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.tree import Place
from strategies.engine.language.vocabulary import KEYWORDS

INSTEAD = {
    "&": "and",
    "|": "or",
    "!": "not",
    "^": "*",
    "\N{MULTIPLICATION SIGN}": "*",
    "≥": ">=",
    "≤": "<=",
    ":": "when",
}
"""Characters of other languages, and what stands for them here."""

MISSING = (
    ("SIDE", "write `above` or `below`"),
    ("COMPARISON", "a comparison is missing, such as `> sma(50)` or `crosses above sma(50)`"),
    ("_BARS", "write `bars` after the number of bars"),
    ("WHEN", "write `when` and a condition"),
    ("CLAUSE", "begin with `buy when`, `sell when`, `short when` or `cover when`"),
    ("FOR", "write `for` and a number of bars: `close rises for 3 bars`"),
    ("PERCENT", "a value is missing, such as `close`, `20` or `sma(50)`"),
    ("NUMBER", "a value is missing, such as `close`, `20` or `sma(50)`"),
    ("RSQB", "close the bracket with `]`"),
    ("RPAR", "close the parenthesis with `)`"),
    ("AND", "join conditions with `and` or `or`"),
)
"""What to write where the grammar expects a token, the most telling first."""


def misplaced(error: UnexpectedInput) -> RuleTextError:
    """Return what is wrong, where, and what would be right."""
    if isinstance(error, UnexpectedCharacters):
        instead = INSTEAD.get(error.char)
        hint = f"write `{instead}`" if instead else "it has no meaning here"
        return RuleTextError(f"`{error.char}` cannot be read: {hint}.", Place(error.line, error.column))
    if isinstance(error, UnexpectedToken):
        return _unexpected(error)
    return RuleTextError("This cannot be read.", Place(1, 1))


def _unexpected(error: UnexpectedToken) -> RuleTextError:
    expected = error.accepts or error.expected
    hint = next((hint for name, hint in MISSING if name in expected), "nothing can follow")
    place = Place(max(error.line, 1), max(error.column, 1))
    if error.token.type == "$END":
        return RuleTextError(f"The text ends too early: {hint}.", place)
    word = str(error.token)
    close = get_close_matches(word, KEYWORDS - {word}, n=1) if error.token.type == "NAME" else []
    suggestion = f" Did you mean `{close[0]}`?" if close else ""
    return RuleTextError(f"`{word}` cannot stand here: {hint}.{suggestion}", place)

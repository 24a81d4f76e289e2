"""Tell what a column holds by its name, in the languages and spellings of known sources."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum


class Role(StrEnum):
    """What a column of a file of daily bars holds."""

    DATE = "date"
    TIME = "time"
    SYMBOL = "symbol"
    OPEN = "open"
    HIGH = "high"
    LOW = "low"
    CLOSE = "close"
    VOLUME = "volume"
    SPLIT = "split"
    DIVIDEND = "dividend"
    PERIOD = "period"


PRICE_ROLES = (Role.OPEN, Role.HIGH, Role.LOW, Role.CLOSE)

_NAMES: Mapping[Role, tuple[tuple[str, ...], ...]] = {
    # Each tuple is one rank: a name of a later rank counts only where no earlier one is present.
    Role.DATE: (
        (
            "date",
            "datetime",
            "timestamp",
            "day",
            "trade date",
            "trading date",
            "trading day",
            "date1",
            "trad dt",
            "observation date",
            "date gmt",
            "gmt time",
            "local time",
            "dt",
            "session",
            "datum",
            "fecha",
            "data",
            "tarih",
            "дата",
            "날짜",
            "일자",
            "日付",
            "日付け",
            "日期",
            "交易日期",
            "tanggal",
            "dato",
            "päivämäärä",
            "ngày",
            "วันที่",
            "التاريخ",
            "ημερομηνία",
            "dátum",
            "data sesji",
            "as of",
            "period start",
            "business date",
            "기준일",
            "年月日",
            "tgl",
        ),
        (
            "time",
            "open time",
            "window start",
            "begin",
            "t",
            "unix",
            "epoch",
            "unix timestamp",
            "biz dt",
            "time period start",
            "zeit",
            "opentime",
        ),
    ),
    Role.TIME: (("time", "hour", "uhrzeit", "hora", "heure"),),
    Role.SYMBOL: (
        (
            "symbol",
            "ticker",
            "ts code",
            "tckr symb",
            "股票代码",
            "证券代码",
            "code",
            "종목코드",
            "instrument",
            "stock",
            "isin code",
            "act symbol",
            "tic",
            "security",
            "sc name",
            "name",
        ),
    ),
    Role.OPEN: (
        (
            "open",
            "open price",
            "opn pric",
            "opening price",
            "first",
            "o",
            "price open",
            "opening",
            "eröffnung",
            "eröffn",
            "eröffnungskurs",
            "erster",
            "anfangskurs",
            "ouv",
            "ouverture",
            "apertura",
            "abertura",
            "otwarcie",
            "açılış",
            "откр",
            "открытие",
            "시가",
            "始値",
            "开盘",
            "开盘价",
            "開盤",
            "開盤價",
            "開盤価",
            "pembukaan",
            "öppen",
            "öppning",
            "öppningskurs",
            "åbning",
            "åpning",
            "avaus",
            "opening koers",
            "openingskoers",
            "premier",
            "lần cuối mở",
            "mở",
            "open rate",
            "ouvert",
            "openen",
            "初値",
            "寄付",
            "nyitó",
            "deschidere",
        ),
    ),
    Role.HIGH: (
        (
            "high",
            "high price",
            "hgh pric",
            "highest price",
            "max",
            "maximum",
            "h",
            "price high",
            "highest",
            "hoch",
            "höchst",
            "höchstkurs",
            "tageshoch",
            "plus haut",
            "haut",
            "plushaut",
            "máximo",
            "máx",
            "maximo",
            "massimo",
            "máxima",
            "maxima",
            "hoog",
            "hoogste",
            "najwyższy",
            "yüksek",
            "макс",
            "максимум",
            "고가",
            "高値",
            "高",
            "最高",
            "最高价",
            "最高價",
            "tertinggi",
            "högst",
            "högsta",
            "høj",
            "høy",
            "ylin",
            "cao",
            "maks",
            "day high",
        ),
    ),
    Role.LOW: (
        (
            "low",
            "low price",
            "lw pric",
            "lowest price",
            "min",
            "minimum",
            "l",
            "price low",
            "lowest",
            "tief",
            "tiefst",
            "tiefstkurs",
            "tagestief",
            "plus bas",
            "bas",
            "plusbas",
            "mínimo",
            "mín",
            "minimo",
            "mínima",
            "minima",
            "laag",
            "laagste",
            "najniższy",
            "düşük",
            "мин",
            "минимум",
            "저가",
            "安値",
            "低",
            "最低",
            "最低价",
            "最低價",
            "terendah",
            "lägst",
            "lägsta",
            "lav",
            "alin",
            "thấp",
            "day low",
        ),
    ),
    Role.CLOSE: (
        (
            "close",
            "close price",
            "cls pric",
            "closing price",
            "close/last",
            "c",
            "price close",
            "closing",
            "schluss",
            "schlusskurs",
            "schlußkurs",
            "clôture",
            "cloture",
            "cierre",
            "chiusura",
            "fechamento",
            "zamknięcie",
            "kapanış",
            "закрытие",
            "закр",
            "종가",
            "終値",
            "收盘",
            "收盘价",
            "收盤",
            "收盤價",
            "slutkurs",
            "slotkoers",
            "stängning",
            "päätös",
            "penutupan",
            "close rate",
            "closing rate",
            "close*",
            "záró",
            "inchidere",
        ),
        ("settle", "settlement", "settlement price", "settl", "sttlm pric"),
        (
            "last",
            "last price",
            "price",
            "ltp",
            "zuletzt",
            "letzter",
            "dernier",
            "último",
            "ultimo",
            "laatste",
            "ostatnio",
            "şimdi",
            "цена",
            "現在値",
            "terakhir",
            "senaste",
            "sidste",
            "siste",
            "viimeisin",
            "kurs",
            "lần cuối",
            "最新",
            "last traded price",
            "cena",
            "preis",
            "cours",
            "precio",
            "prezzo",
            "preço",
            "koers",
            "value",
            "rate",
            "nav",
        ),
    ),
    Role.VOLUME: (
        (
            "volume",
            "vol",
            "v",
            "trading volume",
            "total volume",
            "share volume",
            "number of shares",
            "no of shares",
            "no of shrs",
            "ttl trd qnty",
            "ttl tradg vol",
            "tottrdqty",
            "total traded quantity",
            "qty",
            "quantity",
            "volumen",
            "volumes",
            "umsatz",
            "stück",
            "hac",
            "hacim",
            "wol",
            "wolumen",
            "объём",
            "объем",
            "거래량",
            "出来高",
            "交易量",
            "成交量",
            "成交股數",
            "volym",
            "volyymi",
            "volumen stk",
            "kl",
            "volume traded",
            "base volume",
            "vol traded",
            "traded volume",
            "deliverable volume total",
            "shares traded",
            "volüm",
            "mængde",
            "khối lượng",
        ),
        ("tickvol", "tick volume", "tickvolume", "volumefrom"),
    ),
    Role.SPLIT: (
        ("stock splits", "split factor", "split ratio", "split coefficient", "splitfactor", "split"),
    ),
    Role.DIVIDEND: (
        ("dividends", "dividend", "div cash", "divcash", "ex dividend", "dividend amount", "div"),
    ),
    Role.PERIOD: (("per", "interval", "timeframe", "frequency", "resolution"),),
}

_RANKS: Mapping[str, tuple[tuple[Role, int], ...]] = {}


def _ranks() -> Mapping[str, tuple[tuple[Role, int], ...]]:
    found: dict[str, tuple[tuple[Role, int], ...]] = {}
    for role, ranks in _NAMES.items():
        for rank, names in enumerate(ranks):
            for name in dict.fromkeys(folded(name) for name in names):
                found[name] = (*found.get(name, ()), (role, rank))
    return found


def folded(name: str) -> str:
    """Return a name without accents and capitals: `Schluß` and `SCHLUSS` are one."""
    parts = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l").replace("ı", "i"))
    return "".join(part for part in parts if not unicodedata.combining(part))


_RANKS = _ranks()

_NUMBERED = re.compile(r"^\d+[a-z]?\. ")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNIT = re.compile(r"\s*[\(\[][^)\]]*[\)\]]")
_SPACES = re.compile(r"[\s_]+")
_BASE_VOLUME = re.compile(r"volume [a-z0-9]{2,10}")


def plain_name(cell: str) -> str:
    """Return a header cell in lower case, without brackets, numbers, units and punctuation.

    `<CLOSE>`, `4. close`, `Close (EUR)`, `close_price` and `closePrice` lose what sources put around words.
    """
    text = cell.strip().strip("\ufeff\"'").strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    text = _NUMBERED.sub("", _CAMEL.sub(" ", text).lower())
    text = _UNIT.sub("", text) or text
    text = _SPACES.sub(" ", text.replace("*", " ")).strip()
    return folded(text.strip(" .:").replace(". ", " ").replace(".", " "))


def roles_of(cell: str) -> tuple[tuple[Role, int], ...]:
    """Return what a column of this name may hold, each with its rank; the lowest rank is the best."""
    name = plain_name(cell)
    found = _RANKS.get(name) or _RANKS.get(name.replace(" ", ""))
    if found is None and _BASE_VOLUME.fullmatch(name):
        return ((Role.VOLUME, 0),)
    return found or ()


def assign_roles(cells: Sequence[str]) -> dict[Role, int]:
    """Return the place of each role that the header names; the first column of the best rank wins."""
    best: dict[Role, tuple[int, int]] = {}
    for place, cell in enumerate(cells):
        for role, rank in roles_of(cell):
            if role not in best or rank < best[role][0]:
                best[role] = (rank, place)
    found = {role: place for role, (_, place) in best.items()}
    if found.get(Role.TIME) == found.get(Role.DATE):
        found.pop(Role.TIME, None)
    return found


def without_common_part(cells: Sequence[str]) -> list[str]:
    """Return the header without the symbol that some sources put before or after each name.

    `AAPL.Open`, `Open_AAPL` and `Open AAPL` become `Open`; a header without such a part stays as it is.
    """
    for separator in (".", "_", " ", ":"):
        for take in (0, -1):
            parts = [cell.strip().split(separator) for cell in cells]
            shared = [part[take] for part in parts if len(part) > 1]
            if len(shared) < len(PRICE_ROLES) or len(set(shared)) != 1:
                continue
            stripped = [
                separator.join(part[1:] if take == 0 else part[:-1])
                if len(part) > 1 and part[take] == shared[0]
                else separator.join(part)
                for part in parts
            ]
            if len(price_roles(assign_roles(stripped))) > len(price_roles(assign_roles(cells))):
                return stripped
    return list(cells)


def price_roles(found: Mapping[Role, int]) -> list[Role]:
    """Return the prices among the roles."""
    return [role for role in PRICE_ROLES if role in found]

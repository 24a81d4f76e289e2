"""The names of columns in the languages and spellings of known sources."""

from collections.abc import Mapping, Sequence

from ingestion.files.column_roles import Role

_NAMES: Mapping[Role, Sequence[str]] = {
    Role.DATE: (
        (
            "date|datetime|timestamp|day|trade date|trading date|trading day|date1|trad dt|"
            "observation date|date gmt|gmt time|local time|dt|session|datum|fecha|data|tarih|"
            "дата|날짜|일자|日付|日付け|日期|交易日期|tanggal|dato|päivämäärä|ngày|วันที่|التاريخ|"
            "ημερομηνία|dátum|data sesji|as of|period start|business date|기준일|年月日|tgl|"
            "snapped at|timeopen|time open|tarihi|datum uhrzeit|handelstag|giorno|dag|dia|tag"
        ),
        (
            "time|open time|window start|begin|t|unix|epoch|unix timestamp|biz dt|"
            "time period start|zeit|opentime"
        ),
    ),
    Role.TIME: ("time|hour|uhrzeit|hora|heure",),
    Role.SYMBOL: (
        "symbol|ticker|ts code|tckr symb|股票代码|证券代码|code|종목코드|isin code|act symbol|tic",
        "instrument|stock|security|sc name|name",
    ),
    Role.OPEN: (
        (
            "open|open price|opn pric|opening price|first|o|price open|opening|eröffnung|eröffn|"
            "eröffnungskurs|erster|anfangskurs|ouv|ouverture|apertura|abertura|otwarcie|açılış|"
            "откр|открытие|시가|始値|开盘|开盘价|開盤|開盤價|開盤価|pembukaan|öppen|öppning|öppningskurs|"
            "åbning|åpning|avaus|opening koers|openingskoers|premier|lần cuối mở|mở|open rate|"
            "ouvert|openen|初値|寄付|nyitó|deschidere|erster kurs"
        ),
        "mid open|bid open|open bid",
    ),
    Role.HIGH: (
        (
            "high|high price|hgh pric|highest price|max|maximum|h|price high|highest|hoch|"
            "höchst|höchstkurs|tageshoch|plus haut|haut|plushaut|máximo|máx|maximo|massimo|"
            "máxima|maxima|hoog|hoogste|najwyższy|yüksek|макс|максимум|고가|高値|高|最高|最高价|最高價|"
            "tertinggi|högst|högsta|høj|høy|ylin|cao|maks|day high|höchster"
        ),
        "mid high|bid high|high bid",
    ),
    Role.LOW: (
        (
            "low|low price|lw pric|lowest price|min|minimum|l|price low|lowest|tief|tiefst|"
            "tiefstkurs|tagestief|plus bas|bas|plusbas|mínimo|mín|minimo|mínima|minima|laag|"
            "laagste|najniższy|düşük|мин|минимум|저가|安値|低|最低|最低价|最低價|terendah|lägst|lägsta|"
            "lav|alin|thấp|day low|tiefster"
        ),
        "mid low|bid low|low bid",
    ),
    Role.CLOSE: (
        (
            "close|close price|cls pric|closing price|close/last|c|price close|closing|schluss|"
            "schlusskurs|schlußkurs|clôture|cloture|cierre|chiusura|fechamento|zamknięcie|"
            "kapanış|закрытие|закр|종가|終値|收盘|收盘价|收盤|收盤價|slutkurs|slotkoers|stängning|päätös|"
            "penutupan|close rate|closing rate|close*|záró|inchidere|clot|clôt|"
            "schluß|"
            "cierre ajustado por splits"
        ),
        "settle|settlement|settlement price|settl|sttlm pric",
        (
            "last|last price|price|ltp|zuletzt|letzter|dernier|último|ultimo|laatste|ostatnio|"
            "şimdi|цена|現在値|terakhir|senaste|sidste|siste|viimeisin|kurs|lần cuối|最新|"
            "last traded price|cena|preis|cours|precio|prezzo|preço|koers|value|rate|nav|"
            "latest|latest price|ltp rs|closing value"
        ),
        "mid close|bid close|close bid",
    ),
    Role.VOLUME: (
        (
            "volume|vol|v|trading volume|total volume|share volume|number of shares|no of shares|"
            "no of shrs|ttl trd qnty|ttl tradg vol|tottrdqty|total traded quantity|qty|quantity|"
            "volumen|volumes|umsatz|stück|hac|hacim|wol|wolumen|объём|объем|거래량|出来高|交易量|成交量|"
            "成交股數|volym|volyymi|volumen stk|kl|volume traded|base volume|vol traded|"
            "traded volume|deliverable volume total|shares traded|volüm|mængde|khối lượng|stuecke|"
            "stücke|umsatz in stück|anzahl aktien|volumen stück|total traded volume|nb titres|titres|"
            "number of shares traded|shares volume|kumulierte stück"
        ),
        "tickvol|tick volume|tickvolume|volumefrom",
    ),
    Role.SPLIT: ("stock splits|split factor|split ratio|split coefficient|splitfactor|split",),
    Role.DIVIDEND: ("dividends|dividend|div cash|divcash|ex dividend|dividend amount|div",),
    Role.PERIOD: ("per|interval|timeframe|frequency|resolution",),
    Role.SERIES: ("series|scty srs",),
}
"""Each text is one rank of names: those of a later rank count only where no earlier one is present."""


COLUMN_NAMES: Mapping[Role, Sequence[Sequence[str]]] = {
    role: [names.split("|") for names in ranks] for role, ranks in _NAMES.items()
}

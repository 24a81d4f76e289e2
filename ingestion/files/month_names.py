"""Months by name, in the languages of files of bars."""

from collections.abc import Mapping

_MONTHS: tuple[str, ...] = (
    """
    jan january januar jänner jän janv janvier ene enero gen gennaio janeiro januari sty styczeń
    stycznia oca ocak янв январь января ian tammi tammikuu
    """,
    """
    feb february februar fév févr fevr février feb febrero febbraio fev fevereiro februari lut luty
    lutego şub şubat фев февраль февраля helmi helmikuu
    """,
    """
    mar march märz mär mrz mars marzo março marco maart mrt maret marzec marca mart мар март марта mac
    maalis
    """,
    """
    apr april avr avril abr abril aprile kwi kwiecień kwietnia nis nisan апр апрель апреля huhti
    """,
    """
    may mai mayo mag maggio maio mei maj maja mayıs май мая touko toukokuu
    """,
    """
    jun june juni juin junio giu giugno junho cze czerwiec czerwca haz haziran июн июнь июня kesä
    kesäkuu
    """,
    """
    jul july juli juil juillet julio lug luglio julho lip lipiec lipca tem temmuz июл июль июля heinä
    heinäkuu
    """,
    """
    aug august août aout ago agosto agustus agu sie sierpień sierpnia ağu ağustos авг август августа
    augusti elo elokuu
    """,
    """
    sep sept september septembre septiembre set settembre setembro wrz wrzesień września eyl eylül сен
    сент сентябрь сентября syys syyskuu
    """,
    """
    oct october okt oktober octobre octubre ott ottobre out outubro paź październik października eki
    ekim окт октябрь октября loka lokakuu
    """,
    """
    nov november novembre noviembre novembro lis listopad listopada kas kasım ноя нояб ноябрь ноября
    marras marraskuu
    """,
    """
    dec december dez dezember déc décembre dic diciembre dicembre dezembro des desember gru grudzień
    grudnia ara aralık дек декабрь декабря joulu joulukuu
    """,
)

MONTHS: Mapping[str, int] = {
    name: month for month, names in enumerate(_MONTHS, start=1) for name in names.split()
}
"""The number of a month by its name or abbreviation in lower case, without a full stop."""

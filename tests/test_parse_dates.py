"""Dates as printed: one day, or both that it could be; never a silent choice."""

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tasks.parse.dates import dates, infer_order, parse_date
from tasks.parse.months import LANGUAGES, months_of_name

DAYS = st.dates(date(1970, 1, 1), date(2069, 12, 31))
MONTHS = {
    "{d}. {m} {y}": ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
                     "November", "Dezember"],
    "{m} {d}, {y}": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                     "November", "December"],
    "{d}-{m}-{y}": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "le {d} {m} {y}": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
                       "novembre", "décembre"],
    "{d} de {m} de {y}": ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
                          "octubre", "noviembre", "diciembre"],
    "{d} {m} {y}": ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre",
                    "ottobre", "novembre", "dicembre"],
    "{d} {m}, {y}": ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
                           "oktober", "november", "december"],
    "{d}º de {m} de {y}": ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro",
                           "outubro", "novembro", "dezembro"],
}  # fmt: skip


@given(day=DAYS, form=st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d.%m.%y", "%Y-%m-%dT10:20:00Z"]))
def test_these_notations_have_one_reading(day, form):
    """Year first, and dots, need no evidence."""
    assert dates(day.strftime(form)) == (day,)


@settings(deadline=None)  # the first call loads the names
@given(day=DAYS, form=st.sampled_from(sorted(MONTHS)))
def test_a_named_month_leaves_nothing_open(day, form):
    """In seven languages, with the articles and ordinals that go with them."""
    name = MONTHS[form][day.month - 1]
    assert parse_date(form.format(d=day.day, m=name, y=day.year)) == day
    assert parse_date(form.format(d=day.day, m=name.upper(), y=day.year)) == day


@given(day=DAYS, mark=st.sampled_from("/-"), year=st.sampled_from(["%Y", "%y"]))
def test_day_and_month_are_never_chosen_silently(day, mark, year):
    """Where both could be the month, both days are told; an order decides; a number over 12 decides by itself."""
    text = day.strftime(f"%d{mark}%m{mark}{year}")
    swappable = day.day <= 12 and day.day != day.month
    assert len(dates(text)) == (2 if swappable else 1)
    assert (parse_date(text) is None) == swappable
    assert parse_date(text, "dmy") == day
    assert parse_date(day.strftime(f"%m{mark}%d{mark}{year}"), "mdy") == day


@given(first=DAYS, second=DAYS)
def test_one_clear_date_decides_a_documents_others(first, second):
    """A day over 12 anywhere in the document shows its order."""
    assume(first.day > 12)
    for form, order in (("%d/%m/%Y", "dmy"), ("%m/%d/%Y", "mdy")):
        assert infer_order([second.strftime(form), first.strftime(form)]) == order


@settings(deadline=None)
@given(text=st.text(alphabet="0123456789./- amrsdeMYT:,", max_size=16))
def test_any_text_has_at_most_two_plausible_readings(text):
    """No text raises, and every day told is in the calendar of business."""
    found = dates(text)
    assert len(found) <= 2
    assert all(1970 <= day.year <= 2100 for day in found)


@pytest.mark.parametrize(
    "text",
    ["5. Mrz 2024", "5 Mär 24", "March 5th, 2024", "Mar. 5, 2024", "05-Mar-24", "05MAR2024", "mar. 5 mars 2024",
     "Tuesday, 5 March 2024", "Dienstag, den 5. März 2024", "5 marca 2024", "5. března 2024", "2024. március 5.",
     "2024年3月5日", "5 Mar '24", "2024 March 5", "5.3.2024", "5 . 3 . 2024", "2024/3/5", "5.3.2024 14:33",
     "05.03.2024 2:33:20 PM", "５.３.２０２４"],
)  # fmt: skip
def test_dates_met_on_real_documents(text):
    """All of these are 5 March 2024."""
    assert parse_date(text) == date(2024, 3, 5)


@pytest.mark.parametrize(
    "text",
    ["", "31/02/2024", "00/01/2024", "15.03.1899", "15.03.2101", "Mar 2024", "2024", "12 2024", "1.234,56", "20241315",
     "15/03-2024", "Invoice 5 March 2024", "5 March 5 2024", "5 Marchember 2024", "3 listopada 2024 14", "12.03.204",
     "① March 2024", "5² März 2024", "5 March ②⓪②④"],
)  # fmt: skip
def test_what_is_no_plausible_date_is_refused(text):
    """Days outside the calendar, years outside business, and texts that hold more than a date."""
    assert dates(text) == ()


def test_a_month_that_differs_between_languages_is_refused():
    """`listopad` is November in Polish and October in Croatian."""
    assert parse_date("3 listopada 2024") is None


def test_month_names_of_every_language_are_there():
    """The tables that dateparser ships name every month in each of our languages."""
    assert len(LANGUAGES) >= 7
    assert {month for months in months_of_name().values() for month in months} == set(range(1, 13))


def test_dates_that_contradict_each_other_show_no_order():
    """`13/04` and `04/13` in one document: whoever wrote it, we do not know."""
    assert infer_order(["13/04/2024", "04/13/2024"], language="de") is None


@pytest.mark.parametrize(
    ("language", "country", "order"),
    [("de", None, "dmy"), ("en-GB", None, "dmy"), ("en-US", None, "mdy"), ("en", "US", "mdy"), ("en", "MY", "dmy"),
     ("en", None, None), ("fr", "CA", None), (None, None, None), ("sv", None, "ymd")],
)  # fmt: skip
def test_without_clear_dates_country_and_language_tell(language, country, order):
    """English alone says nothing, and some countries write both ways."""
    assert infer_order(["03/04/2024"], language, country) == order


def test_a_short_year_stands_first_only_where_the_order_says_so():
    """`24-03-15` is the 24th, unless the document comes from where the year comes first."""
    assert parse_date("24-03-15") == date(2015, 3, 24)
    assert parse_date("24-03-15", "ymd") == date(2024, 3, 15)
    assert parse_date("99-03-15") == date(1999, 3, 15)

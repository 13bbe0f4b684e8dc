"""What a person reads when an answer cannot be taken: one plain sentence that says what to do.

The sentences name the field by its label and never repeat the answer, which may be long, wrong or somebody's secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.forms.fields import Sentence, in_sentence, number_text
from app.domain.forms.formats import is_likely, read_date, read_moment
from app.domain.forms.vocabulary import MAX_ITEMS, MAX_SUBMISSION_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema import ValidationError

    from app.domain.forms.envelopes import FaultKind
    from app.domain.forms.places import Place

_MEGABYTES: Final = MAX_SUBMISSION_BYTES // 1_000_000


def whole_sentence() -> Sentence:
    """For an answer that is no object."""
    return Sentence(
        "Svaret ska vara ett objekt med formulärets fält.", "The answer must be an object of the form's fields."
    )


def fault_sentence(kind: FaultKind, place: Place) -> Sentence:
    """For an answer whose outside is unsound."""
    sv, en = place.subject
    sentences: dict[FaultKind, Sentence] = {
        "size": Sentence(
            f"Svaret är större än {_MEGABYTES} MB. Korta det, eller bifoga långa underlag som filer.",
            f"The answer is larger than {_MEGABYTES} MB. Shorten it, or attach long material as files.",
        ),
        "depth": Sentence(f"{sv} är djupare än ett formulär kan vara.", f"{en} is deeper than a form can be."),
        "items": Sentence(f"{sv} får ha högst {MAX_ITEMS} rader.", f"{en} may have at most {MAX_ITEMS} rows."),
        "name": Sentence(
            f"{sv} har ett fältnamn som inte kan användas.", f"{en} has a field name that cannot be used."
        ),
        "text": Sentence(
            f"{sv} innehåller ett styrtecken som inte går att spara. Skriv om texten.",
            f"{en} contains a control character that cannot be stored. Rewrite the text.",
        ),
        "number": Sentence(f"{sv} ska vara ett tal.", f"{en} must be a number."),
        "large_number": Sentence(f"{sv} är ett för stort tal.", f"{en} is too large a number."),
        "kind": Sentence(f"{sv} är inte av ett slag som går att spara.", f"{en} is not of a kind that can be stored."),
    }
    return sentences[kind]


def unavailable_sentence(place: Place) -> Sentence:
    """For a chosen thing that the source does not offer, or no longer does."""
    if place.field is not None and place.field.widget == "rows":
        sv, en = place.subject
        return Sentence(
            f"{sv} finns inte längre i listan. Ta bort raden.", f"{en} is no longer in the list. Remove it."
        )
    return _one_of(place)


def line_break_sentence(place: Place) -> Sentence:
    """For a text of several lines where one is asked for."""
    return Sentence(f"{place.subject.sv} ska stå på en rad.", f"{place.subject.en} must be on one line.")


def refusal_sentence(keyword: str, error: ValidationError, place: Place) -> Sentence:
    """For an answer that the schema refuses, by the keyword that does."""
    return _SENTENCES.get(keyword, _other)(place, error)


def _required(place: Place, error: ValidationError) -> Sentence:
    field, quoted = place.field, place.quoted
    if field is None:
        return _other(place, error)
    if field.is_chosen:
        return _choose(place)
    if "const" in field.schema:
        return _const(place, error)
    sentences = {
        "rows": Sentence(f"Fyll i minst en rad i {quoted.sv}.", f"Fill in at least one row of {quoted.en}."),
        "file": Sentence(f"Bifoga en fil i {quoted.sv}.", f"Attach a file to {quoted.en}."),
        "hidden": Sentence(f"{quoted.sv} saknas. Ladda om sidan.", f"{quoted.en} is missing. Reload the page."),
        "checkbox": Sentence(f"Svara på {quoted.sv}.", f"Answer {quoted.en}."),
    }
    return sentences.get(field.widget, Sentence(f"Fyll i {quoted.sv}.", f"Fill in {quoted.en}."))


def _choose(place: Place) -> Sentence:
    """Say "Välj utveckling.", but "Svara på ”Har något hänt?”." where the label is a question, or takes yes or no."""
    title, within, quoted = place.title, place.within, place.quoted
    is_asked = place.field is not None and place.field.widget == "yesno"
    sv = (
        f"Svara på {quoted.sv}."
        if is_asked or title.sv.endswith("?")
        else f"Välj {in_sentence(title.sv).rstrip(' .:')}{within.sv}."
    )
    en = (
        f"Answer {quoted.en}."
        if is_asked or title.en.endswith("?")
        else f"Choose {in_sentence(title.en).rstrip(' .:')}{within.en}."
    )
    return Sentence(sv, en)


def _type(place: Place, error: ValidationError) -> Sentence:
    if place.field is not None and place.field.shape in {"choice", "choices"} and error.validator_value != "array":
        return _one_of(place)
    sv, en = place.subject
    kinds = {
        "integer": Sentence(f"{sv} ska vara ett heltal.", f"{en} must be a whole number."),
        "number": Sentence(f"{sv} ska vara ett tal.", f"{en} must be a number."),
        "boolean": Sentence(f"Svara ja eller nej på {place.quoted.sv}.", f"Answer yes or no to {place.quoted.en}."),
        "array": Sentence(f"{sv} ska vara en lista.", f"{en} must be a list."),
        "object": Sentence(
            f"{sv} ska vara ett objekt med radens fält.", f"{en} must be an object of the row's fields."
        ),
    }
    return kinds.get(str(error.validator_value), Sentence(f"{sv} ska vara text.", f"{en} must be text."))


def _one_of(place: Place) -> Sentence:
    return Sentence(f"Välj bland alternativen i {place.quoted.sv}.", f"Choose among the options of {place.quoted.en}.")


def _const(place: Place, _error: ValidationError) -> Sentence:
    if place.field is not None and place.field.widget == "checkbox":
        return Sentence(f"Kryssa i {place.quoted.sv}.", f"Tick {place.quoted.en}.")
    return Sentence(f"Svaret på {place.quoted.sv} måste vara ja.", f"The answer to {place.quoted.en} must be yes.")


def _format(place: Place, error: ValidationError) -> Sentence:
    sv, en = place.subject
    formats = {
        "date": Sentence(
            f"{sv} ska vara ett datum, till exempel 2027-02-26.", f"{en} must be a date, for example 2027-02-26."
        ),
        "date-time": Sentence(
            f"{sv} ska vara ett datum och ett klockslag, till exempel 2027-02-26 13:30.",
            f"{en} must be a date and a time, for example 2027-02-26 13:30.",
        ),
        "email": Sentence(
            f"{sv} ska vara en e-postadress, till exempel namn@exempel.se.",
            f"{en} must be an e-mail address, for example name@example.se.",
        ),
        "uri": Sentence(
            f"{sv} ska vara en webbadress som börjar med https://.",
            f"{en} must be a web address that begins with https://.",
        ),
        "uuid": _id_sentence(place),
    }
    wanted = str(error.validator_value)
    near = _near_miss(place, str(error.instance)) if wanted in {"date", "date-time"} else None
    return near or formats.get(wanted, _other(place, error))


def _near_miss(place: Place, text: str) -> Sentence | None:
    """For a date or a time that is one, but in a year nobody means or in no time zone."""
    moment = read_moment(text)
    day = read_date(text) or moment
    if day is not None and not is_likely(day.year):
        return Sentence(f"Kontrollera året i {place.quoted.sv}.", f"Check the year of {place.quoted.en}.")
    if moment is not None and moment.tzinfo is None:
        return Sentence(
            f"{place.subject.sv} saknar tidszon. Skriv till exempel 2027-02-26T13:30+01:00.",
            f"{place.subject.en} has no time zone. Write for example 2027-02-26T13:30+01:00.",
        )
    return None


def _id_sentence(place: Place) -> Sentence:
    if place.field is not None and place.field.widget == "file":
        return Sentence(f"Bifoga filen i {place.quoted.sv} igen.", f"Attach the file to {place.quoted.en} again.")
    if place.field is not None and place.field.is_chosen:
        return _one_of(place)
    return Sentence(f"{place.subject.sv} ska vara ett id (UUID).", f"{place.subject.en} must be an id (UUID).")


def _pattern(place: Place, _error: ValidationError) -> Sentence:
    sv, en = place.subject
    if place.field is not None and place.field.description:
        return Sentence(
            f"{sv} är inte skrivet så som hjälptexten säger.", f"{en} is not written as the help text says."
        )
    return Sentence(f"{sv} är inte skrivet på rätt sätt.", f"{en} is not written in the right way.")


def _min_items(place: Place, error: ValidationError) -> Sentence:
    field, least = place.field, int(_limit(error))
    if least == 1:
        return _required(place, error)
    if field is not None and field.shape == "choices":
        return Sentence(f"Välj minst {least} i {place.quoted.sv}.", f"Choose at least {least} of {place.quoted.en}.")
    return Sentence(
        f"Fyll i minst {least} rader i {place.quoted.sv}.", f"Fill in at least {least} rows of {place.quoted.en}."
    )


def _max_items(place: Place, error: ValidationError) -> Sentence:
    field, most = place.field, int(_limit(error))
    if field is not None and field.shape == "choices":
        return Sentence(f"Välj högst {most} i {place.quoted.sv}.", f"Choose at most {most} of {place.quoted.en}.")
    sv, en = place.quoted
    rows = ("rad", "row") if most == 1 else ("rader", "rows")
    return Sentence(f"{sv} får ha högst {most} {rows[0]}.", f"{en} may have at most {most} {rows[1]}.")


def _unique(place: Place, _error: ValidationError) -> Sentence:
    sv, en = place.quoted
    return Sentence(f"{sv} har samma sak två gånger.", f"{en} has the same thing twice.")


def _unknown(place: Place, _error: ValidationError) -> Sentence:
    name = place.path[-1] if place.path and isinstance(place.path[-1], str) else None
    if name is None:
        return Sentence(
            "Svaret har ett fält som inte finns i formuläret.", "The answer has a field that the form lacks."
        )
    return Sentence(f"Fältet ”{name}” finns inte i formuläret.", f"The form has no field “{name}”.")


def _multiple(place: Place, error: ValidationError) -> Sentence:
    sv, en = place.subject
    step = _limit(error)
    decimals = len(number_text(step).partition(".")[2])
    if step == 1:
        return Sentence(f"{sv} ska vara ett heltal.", f"{en} must be a whole number.")
    if step == float(f"1e-{decimals}"):
        words = ("decimal", "decimal") if decimals == 1 else ("decimaler", "decimals")
        return Sentence(f"{sv} får ha högst {decimals} {words[0]}.", f"{en} may have at most {decimals} {words[1]}.")
    return Sentence(
        f"{sv} ska gå jämnt upp i {number_text(step, ',')}.", f"{en} must be a multiple of {number_text(step)}."
    )


def _other(place: Place, _error: ValidationError) -> Sentence:
    return Sentence(f"Rätta {place.quoted.sv}.", f"Correct {place.quoted.en}.")


def _limited(sv: str, en: str) -> Callable[[Place, ValidationError], Sentence]:
    """A sentence about a limit: the words that go before it, and after it (where the text says {})."""

    def sentence(place: Place, error: ValidationError) -> Sentence:
        limit = _limit(error)
        return Sentence(
            f"{place.subject.sv} {sv.format(number_text(limit, ','))}.",
            f"{place.subject.en} {en.format(number_text(limit))}.",
        )

    return sentence


def _limit(error: ValidationError) -> float:
    """The number that the keyword holds."""
    limit = error.validator_value
    return limit if isinstance(limit, int | float) else 0


def _too_long(place: Place, error: ValidationError) -> Sentence:
    sv, en = place.subject
    most, now = int(_limit(error)), len(str(error.instance))
    return Sentence(
        f"{sv} får vara högst {most} tecken. Nu är det {now}.",
        f"{en} may be at most {most} characters. Now there are {now}.",
    )


_SENTENCES: Final[dict[str, Callable[[Place, ValidationError], Sentence]]] = {
    "required": _required,
    "type": _type,
    "enum": lambda place, _error: _one_of(place),
    "const": _const,
    "format": _format,
    "pattern": _pattern,
    "minLength": _limited("ska vara minst {} tecken", "must be at least {} characters"),
    "maxLength": _too_long,
    "minimum": _limited("ska vara minst {}", "must be at least {}"),
    "maximum": _limited("får vara högst {}", "may be at most {}"),
    "exclusiveMinimum": _limited("ska vara mer än {}", "must be more than {}"),
    "exclusiveMaximum": _limited("ska vara mindre än {}", "must be less than {}"),
    "multipleOf": _multiple,
    "minItems": _min_items,
    "maxItems": _max_items,
    "uniqueItems": _unique,
    "additionalProperties": _unknown,
}

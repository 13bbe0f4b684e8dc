"""What may be found in a text, and how it is said to the writer: never with the words that were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from app.domain.swedish_dates import Sentence

Kind = Literal[
    "personal_number",
    "coordination_number",
    "protected_identity",
    "email",
    "phone",
    "registration_plate",
    "handle",
    "home_address",
    "accusation",
    "health",
    "ethnicity",
    "singled_out",
    "individual_case",
    "text_too_long",
]
Severity = Literal["stop", "warn"]

NEEDS_REASON: Final[frozenset[Kind]] = frozenset(
    {"handle", "home_address", "accusation", "health", "ethnicity", "singled_out"}
)
"""Warnings that are about somebody if they are right: to say that one has checked is not enough, one says why too."""

ALWAYS_STOPS: Final[frozenset[Kind]] = frozenset(
    {"personal_number", "coordination_number", "protected_identity", "text_too_long"}
)
"""What is stored in no text at all, whoever writes it and wherever."""

WORDS: Final[dict[Kind, Sentence]] = {
    "personal_number": Sentence(
        "Här står ett personnummer. Ta bort det: texten sparas inte med uppgifter om en enskild person.",
        "There is a personal identity number here. Remove it: the text is not saved with data about a person.",
    ),
    "coordination_number": Sentence(
        "Här står ett samordningsnummer. Ta bort det: texten sparas inte med uppgifter om en enskild person.",
        "There is a coordination number here. Remove it: the text is not saved with data about a person.",
    ),
    "protected_identity": Sentence(
        "Här står att någon har skyddade personuppgifter. Ta bort det: texten sparas inte med sådana uppgifter.",
        "It says here that somebody's personal data are protected. Remove it: the text is not saved with such data.",
    ),
    "email": Sentence(
        "Här står en e-postadress. Ta bort den om den hör till en enskild person.",
        "There is an e-mail address here. Remove it if it belongs to a private person.",
    ),
    "phone": Sentence(
        "Här står något som ser ut som ett telefonnummer. Ta bort det om det hör till en enskild person.",
        "There is something that looks like a telephone number here. Remove it if it belongs to a private person.",
    ),
    "registration_plate": Sentence(
        "Här står något som ser ut som ett registreringsnummer. Ta bort det om det pekar ut en enskild person.",
        "There is something that looks like a registration plate here. Remove it if it points out a private person.",
    ),
    "handle": Sentence(
        "Här står ett användarnamn i sociala medier. Ta bort det om det hör till en enskild person.",
        "There is a user name in social media here. Remove it if it belongs to a private person.",
    ),
    "home_address": Sentence(
        "Här står en adress som ser ut att vara någons hem. Skriv gatan eller området i stället.",
        "There is an address here that seems to be somebody's home. Write the street or the area instead.",
    ),
    "accusation": Sentence(
        "Här står ett namn intill något som personen ska ha gjort. Ta bort namnet.",
        "There is a name here beside something that the person is said to have done. Remove the name.",
    ),
    "health": Sentence(
        "Här står något om en enskild persons hälsa. Skriv om mönster, inte om personen.",
        "There is something about an individual's health here. Write about patterns, not about the person.",
    ),
    "ethnicity": Sentence(
        "Här står något om någons etniska ursprung eller tro. Ta bort det om det inte behövs för att förstå mönstret.",
        "There is something about somebody's ethnic origin or belief here. Remove it unless the pattern needs it.",
    ),
    "singled_out": Sentence(
        "Här går det att förstå vem det handlar om. Skriv om gruppen eller platsen i stället.",
        "It can be understood here who this is about. Write about the group or the place instead.",
    ),
    "individual_case": Sentence(
        "Här står något om en enskild person.",
        "There is something about an individual here.",
    ),
    "text_too_long": Sentence(
        "Texten är för lång för att granskas. Dela upp den.", "The text is too long to be examined. Divide it."
    ),
}
NOT_TAKEN_HERE: Final = Sentence(
    "I det här formuläret tas sådana uppgifter inte emot.", "Such data are not taken in this form."
)
WHERE_CASES_BELONG: Final = Sentence(
    "Mötet behandlar inte enskilda ärenden. Ärendet hör hemma i verksamhetens eget ärendesystem; finns det oro för "
    "ett barn görs en orosanmälan till socialtjänsten.",
    "The meeting handles no individual cases. The case belongs in the service's own casework system; where there is "
    "concern for a child, report it to the social services.",
)
PERHAPS_A_TIME: Final = Sentence(
    "Siffrorna kan vara ett datum med klockslag, men också ett personnummer. Skriv klockslaget med punkt, som 14.30, "
    "eller ta bort personnumret.",
    "The digits may be a date with a time, but also a personal identity number. Write the time with a full stop, as "
    "14.30, or remove the number.",
)
PERHAPS_A_PHONE: Final = Sentence(
    "Siffrorna kan vara ett telefonnummer, men också ett personnummer. Skriv telefonnumret med bindestreck efter "
    "riktnumret, eller ta bort personnumret.",
    "The digits may be a telephone number, but also a personal identity number. Write the telephone number with a "
    "hyphen after the area code, or remove the identity number.",
)
PERHAPS_A_NUMBER: Final = Sentence(
    "Siffrorna kan vara något annat, men också ett personnummer. Ta bort dem om det är ett personnummer.",
    "The digits may be something else, but also a personal identity number. Remove them if they are such a number.",
)


@dataclass(frozen=True)
class Finding:
    """One thing found at ``text[start:end]``. The sentences never repeat what stands there."""

    kind: Kind
    severity: Severity
    start: int
    end: int
    sv: str
    en: str


def finding(kind: Kind, start: int, end: int, said: Sentence | None = None, *, warns: bool = False) -> Finding:
    """What the kind says of itself, or ``said``; ``warns`` where even a number may well be something else."""
    words = said or WORDS[kind]
    severity: Severity = "stop" if kind in ALWAYS_STOPS and not warns else "warn"
    return Finding(kind, severity, start, end, words.sv, words.en)

"""What the legal check answers: a state, clocks, proof, and what is missing, paragraph by paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.domain.swedish_dates import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from app.domain.legal_checks.facts import Proof
    from app.domain.watchdogs import State as WatchState
    from app.domain.watchdogs import Watch

State = Literal["met", "soon", "not_met", "unknown", "not_applicable"]
"""`soon`: met, and must be done again within the time of its alarm. `unknown`: the records do not say."""
Paragraph = Literal["4", "5", "6", "7", "8-9", "10", "11-12", "13", "14"]

STATES: Final[dict[State, Sentence]] = {
    "met": Sentence("Uppfyllt", "Met"),
    "soon": Sentence("Snart dags igen", "Due soon"),
    "not_met": Sentence("Inte uppfyllt", "Not met"),
    "unknown": Sentence("Kan inte bedömas", "Cannot be said"),
    "not_applicable": Sentence("Gäller inte", "Does not apply"),
}

DUTIES: Final[dict[Paragraph, tuple[Sentence, Sentence]]] = {
    "4": (
        Sentence("Lägesbild", "Situation picture"),
        Sentence(
            "Kommunen ska ha en lägesbild med en kartläggning av brottsligheten, annan information av betydelse och "
            "en analys.",
            "The municipality must have a situation picture with a mapping of crime, other relevant information and "
            "an analysis.",
        ),
    ),
    "5": (
        Sentence("Åtgärdsplan", "Action plan"),
        Sentence(
            "Kommunen ska besluta om en åtgärdsplan som bygger på lägesbilden.",
            "The municipality must decide on an action plan that builds on the situation picture.",
        ),
    ),
    "6": (
        Sentence("Uppdatering och uppföljning", "Update and follow-up"),
        Sentence(
            "Minst vartannat år ska lägesbilden uppdateras och åtgärdsplanen följas upp.",
            "At least every second year the situation picture must be brought up to date and the action plan "
            "followed up.",
        ),
    ),
    "7": (
        Sentence("Samband med andra analyser", "Ties to other analyses"),
        Sentence(
            "Arbetet ska hänga ihop med analyser som kommunen gör enligt andra lagar.",
            "The work must be integrated with analyses that the municipality makes under other statutes.",
        ),
    ),
    "8-9": (
        Sentence("Överenskommelser om samverkan", "Cooperation agreements"),
        Sentence(
            "Kommunen ska verka för skriftliga överenskommelser som anger syften och områden.",
            "The municipality must work for written agreements that state purposes and areas.",
        ),
    ),
    "10": (
        Sentence("Strategiskt råd", "Strategic council"),
        Sentence(
            "Kommunen ska verka för ett råd som kommunen leder och där aktörerna har ledande företrädare.",
            "The municipality must work for a council that it leads, where the actors have leading representatives.",
        ),
    ),
    "11-12": (
        Sentence("Samordningsfunktion", "Coordination function"),
        Sentence(
            "Det ska finnas en samordningsfunktion som samordnar, är kontaktpunkt och informerar invånarna.",
            "There must be a coordination function that coordinates, is the point of contact and informs residents.",
        ),
    ),
    "13": (
        Sentence("Ledning och rapportering", "Leadership and reporting"),
        Sentence(
            "Kommunstyrelsen leder arbetet och rapporterar fortlöpande till kommunfullmäktige.",
            "The municipal board leads the work and reports continuously to the municipal council.",
        ),
    ),
    "14": (
        Sentence("Kamerabevakning", "Camera surveillance"),
        Sentence(
            "Kommunen får kamerabevaka för trygga offentliga platser. Varje bevakning ska prövas mot lagen.",
            "The municipality may use camera surveillance for safe public places. Each must be held against the law.",
        ),
    ),
}
"""What each binding paragraph is called, and what it asks for in plain words."""

_OF_WATCH: Final[dict[WatchState, State]] = {
    "on_time": "met",
    "alarm": "soon",
    "overdue": "not_met",
    "never": "not_met",
}
_WORST: Final[tuple[State, ...]] = ("not_met", "unknown", "soon", "met", "not_applicable")


@dataclass(frozen=True)
class Clock:
    """A day by which something must be done. `days_left` is negative when it has passed; None was never done."""

    title: Sentence
    due_on: date | None
    days_left: int | None
    text: Sentence


@dataclass(frozen=True)
class Finding:
    """How a paragraph stands. `missing` says what is missing and what to do; None when nothing is."""

    paragraph: Paragraph
    state: State
    missing: Sentence | None = None
    clocks: tuple[Clock, ...] = ()
    proof: tuple[Proof, ...] = ()

    @property
    def title(self) -> Sentence:
        """What the duty is called."""
        return DUTIES[self.paragraph][0]

    @property
    def duty(self) -> Sentence:
        """What the paragraph asks for."""
        return DUTIES[self.paragraph][1]


def clock_of(title: Sentence, watch: Watch, on: date) -> Clock:
    """A clock of the law, as it stands on the day."""
    left = (watch.due_on - on).days if watch.due_on is not None else None
    return Clock(title, watch.due_on, left, Sentence(watch.sv, watch.en))


def state_of(watch: Watch) -> State:
    """What a clock of the law makes of a duty."""
    return _OF_WATCH[watch.state]


def worst(states: Iterable[State]) -> State:
    """The state of a paragraph that asks for several things."""
    return min(states, key=_WORST.index)


def joined(sentences: Iterable[Sentence]) -> Sentence | None:
    """Several sentences after one another; None when there are none."""
    found = list(sentences)
    if not found:
        return None
    return Sentence(" ".join(each.sv for each in found), " ".join(each.en for each in found))

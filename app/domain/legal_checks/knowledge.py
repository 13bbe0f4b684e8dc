"""4 to 7 §§, lag (2023:196): the situation picture, the action plan, how often, and what they hang together with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.legal_checks.findings import Finding, clock_of, joined, state_of, worst
from app.domain.swedish_dates import Sentence, long_date

if TYPE_CHECKING:
    from datetime import date

    from app.domain.legal_checks.facts import Picture, Plan, Proof
    from app.domain.watchdogs import Watch

_NO_PICTURE: Final = Sentence(
    "Det finns ingen fastställd lägesbild. Ta fram en i processen Årlig lägesbild och fastställ den.",
    "There is no adopted situation picture. Make one in the process Yearly situation picture and adopt it.",
)
_POINTS: Final[dict[str, Sentence]] = {
    "crime": Sentence("brottsligheten (punkt 1)", "crime (point 1)"),
    "extent": Sentence("brottslighetens omfattning (punkt 1)", "the extent of crime (point 1)"),
    "consequences": Sentence("brottslighetens konsekvenser (punkt 1)", "the consequences of crime (point 1)"),
    "other_information": Sentence("annan information av betydelse (punkt 2)", "other relevant information (point 2)"),
    "analysis": Sentence("analysen (punkt 3)", "the analysis (point 3)"),
}


def situation_picture(picture: Picture | None) -> Finding:
    """4 §: a situation picture with (1) a mapping of crime, its extent and its consequences, (2) other relevant
    information, and (3) an analysis. Each of the five texts must say something.
    """  # noqa: D205  the paragraph's three points belong together
    if picture is None:
        return Finding("4", "not_met", _NO_PICTURE)
    lacking = [words for name, words in _POINTS.items() if not getattr(picture, name).strip()]
    if not lacking:
        return Finding("4", "met", proof=(picture.proof,))
    sv, en = ", ".join(words.sv for words in lacking), ", ".join(words.en for words in lacking)
    missing = Sentence(
        f"Lägesbilden saknar {sv}. Komplettera den nästa gång den uppdateras, eller fastställ en ny.",
        f"The situation picture lacks {en}. Complete it at the next update, or adopt a new one.",
    )
    return Finding("4", "not_met", missing, proof=(picture.proof,))


def action_plan(plan: Plan | None) -> Finding:
    """5 §: the municipality decides on an action plan, from what the situation picture shows; since 2024-07-01."""
    if plan is None:
        missing = Sentence(
            "Det finns ingen beslutad åtgärdsplan. Ta fram en i processen Åtgärdsplan och låt kommunen besluta om den.",
            "There is no decided action plan. Make one in the process Action plan and let the municipality decide it.",
        )
        return Finding("5", "not_met", missing)
    if plan.picture is None:
        missing = Sentence(
            "Åtgärdsplanen bygger inte på någon fastställd lägesbild. Fastställ lägesbilden och besluta om planen på "
            "nytt.",
            "The action plan builds on no adopted situation picture. Adopt the picture and decide on the plan again.",
        )
        return Finding("5", "not_met", missing, proof=(plan.proof, *plan.decisions))
    return Finding("5", "met", proof=(plan.proof, *plan.decisions, plan.picture))


def renewal(
    picture_watch: Watch,
    follow_up_watch: Watch | None,
    picture: Picture | None,
    plan: Plan | None,
    follow_up: Proof | None,
    on: date,
) -> Finding:
    """6 §: at least every second year the picture is brought up to date *and* the plan is followed up.

    Two clocks of 24 months with an alarm after 21 (`app/domain/watchdogs.py`); the paragraph is as the worse of them.
    Without a clock of the follow-up (None, before the duty to have a plan) the picture's stands alone.
    """
    watches = [picture_watch] if follow_up_watch is None else [picture_watch, follow_up_watch]
    clocks = tuple(clock_of(_CLOCKS[watch.duty], watch, on) for watch in watches)
    missing = [_update(picture_watch)] if state_of(picture_watch) != "met" else []
    if follow_up_watch is not None and state_of(follow_up_watch) != "met":
        missing.append(_followed(follow_up_watch, plan))
    proof = [picture.proof] if picture is not None else []
    proof += [follow_up] if follow_up is not None else []
    return Finding("6", worst(map(state_of, watches)), joined(missing), clocks, tuple(proof))


_CLOCKS: Final[dict[str, Sentence]] = {
    "situation_picture": Sentence("Lägesbilden uppdateras", "Situation picture brought up to date"),
    "follow_up": Sentence("Åtgärdsplanen följs upp", "Action plan followed up"),
}


def _update(watch: Watch) -> Sentence:
    if watch.due_on is None:
        return _NO_PICTURE
    sv, en = long_date(watch.due_on), long_date(watch.due_on, "en")
    if watch.state == "alarm":
        return Sentence(
            f"Lägesbilden behöver vara uppdaterad senast {sv}. Starta processen Årlig lägesbild nu.",
            f"The situation picture must be up to date by {en}. Start the process Yearly situation picture now.",
        )
    return Sentence(
        f"Lägesbilden skulle ha uppdaterats senast {sv}. Starta processen Årlig lägesbild.",
        f"The situation picture should have been updated by {en}. Start the process Yearly situation picture.",
    )


def _followed(watch: Watch, plan: Plan | None) -> Sentence:
    if watch.due_on is None and plan is None:
        return Sentence(
            "Det finns ingen åtgärdsplan att följa upp. Besluta om en först.",
            "There is no action plan to follow up. Decide on one first.",
        )
    if watch.due_on is None:
        return Sentence(
            "Åtgärdsplanen har inte följts upp. Starta processen Följ upp åtgärdsplanen.",
            "The action plan has not been followed up. Start the process Follow up the action plan.",
        )
    sv, en = long_date(watch.due_on), long_date(watch.due_on, "en")
    if watch.state == "alarm":
        return Sentence(
            f"Åtgärdsplanen behöver vara uppföljd senast {sv}. Starta processen Följ upp åtgärdsplanen nu.",
            f"The action plan must be followed up by {en}. Start the process Follow up the action plan now.",
        )
    return Sentence(
        f"Åtgärdsplanen skulle ha följts upp senast {sv}. Starta processen Följ upp åtgärdsplanen.",
        f"The action plan should have been followed up by {en}. Start the process Follow up the action plan.",
    )


def other_analyses(picture: Picture | None) -> Finding:
    """7 §: the work is integrated with analyses that the municipality makes under other statutes.

    The mapping's form asks which they are. A picture that names none leaves it open whether there were any.
    """
    if picture is None:
        return Finding("7", "not_met", _NO_PICTURE)
    if picture.other_analyses:
        return Finding("7", "met", proof=(picture.proof,))
    missing = Sentence(
        "Lägesbilden säger inte vilka andra analyser den hänger ihop med. Ange dem i kartläggningen, till exempel "
        "risk- och sårbarhetsanalysen eller folkhälsoanalysen.",
        "The situation picture does not say which other analyses it hangs together with. Name them in the mapping, "
        "for example the risk and vulnerability analysis or the public health analysis.",
    )
    return Finding("7", "unknown", missing, proof=(picture.proof,))

"""8 to 14 §§, lag (2023:196): agreements, the council, the coordination function, reporting, camera surveillance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from app.domain.durations import Duration, months_later
from app.domain.legal_checks.findings import Clock, Finding, clock_of, state_of
from app.domain.swedish_dates import Sentence, long_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.legal_checks.facts import Agreement, Camera, CouncilMeeting, Holding, Proof
    from app.domain.watchdogs import Watch

AGREEMENT_ALARM_MONTHS: Final = 6
"""An agreement is renewed in good time: the process for it starts so long before it ends."""
HOLDING_ALARM_MONTHS: Final = 3
"""How long before the coordinator's role falls vacant somebody should have been found."""
COUNCIL_MONTHS: Final = 24
"""The law sets no interval for the council. One that has not met during a whole cycle of 6 § is not at work."""


def agreements(found: Sequence[Agreement], on: date) -> Finding:
    """8–9 §§: the municipality works for written agreements that state at least purposes and areas.

    In force is what both have signed and whose time has begun and not ended. An unsigned draft shows that the work
    goes on, but not how it ends: it cannot be said.
    """
    in_force = [each for each in found if _is_signed(each, on) and _runs(each, on)]
    proof = tuple(each.proof for each in in_force)
    lacking = [each for each in in_force if not (each.purposes and each.areas)]
    if lacking:
        party = ", ".join(each.party for each in lacking)
        missing = Sentence(
            f"Överenskommelsen med {party} anger inte både syften och områden. Komplettera och skriv under på nytt.",
            f"The agreement with {party} does not state both purposes and areas. Complete it and sign it again.",
        )
        return Finding("8-9", "not_met", missing, proof=proof)
    if not in_force:
        return _no_agreement(found, on)
    clocks = tuple(_ends(each, on) for each in _first_to_end(in_force))
    missing_soon = [clock for clock in clocks if clock.due_on is not None and _is_near(clock.due_on, on)]
    if missing_soon:
        return Finding("8-9", "soon", missing_soon[0].text, clocks, proof)
    return Finding("8-9", "met", clocks=clocks, proof=proof)


def _is_signed(each: Agreement, on: date) -> bool:
    days = (each.signed_municipality_on, each.signed_party_on)
    return all(day is not None and day <= on for day in days)


def _runs(each: Agreement, on: date) -> bool:
    begun = each.valid_from is None or each.valid_from <= on
    return begun and (each.valid_until is None or on <= each.valid_until)


def _no_agreement(found: Sequence[Agreement], on: date) -> Finding:
    drafts = tuple(each.proof for each in found if not _is_signed(each, on))
    if drafts:
        missing = Sentence(
            "Det finns en överenskommelse, men inget visar att båda har skrivit under. Driv den till underskrift.",
            "There is an agreement, but nothing shows that both have signed it. See it through to signature.",
        )
        return Finding("8-9", "unknown", missing, proof=drafts)
    ended = max((e.valid_until for e in found if e.valid_until is not None and e.valid_until < on), default=None)
    if ended is not None:
        missing = Sentence(
            f"Överenskommelsen gick ut {long_date(ended)}. Förnya den i processen Samverkansöverenskommelse.",
            f"The agreement ended on {long_date(ended, 'en')}. Renew it in the process Agreement on cooperation.",
        )
    else:
        missing = Sentence(
            "Det finns ingen gällande överenskommelse. Ta upp frågan med Polisen och andra aktörer i processen "
            "Samverkansöverenskommelse.",
            "There is no agreement in force. Raise it with the police and others in the process Agreement on "
            "cooperation.",
        )
    return Finding("8-9", "not_met", missing)


def _first_to_end(in_force: Sequence[Agreement]) -> list[Agreement]:
    """Of each party the agreement that lasts longest; those that end, the first to end first."""
    longest: dict[str, Agreement] = {}
    for each in in_force:
        kept = longest.get(each.party)
        if kept is None or each.valid_until is None or (kept.valid_until and kept.valid_until < each.valid_until):
            longest[each.party] = each
    return sorted((e for e in longest.values() if e.valid_until), key=lambda e: (str(e.valid_until), e.party))


def _ends(each: Agreement, on: date) -> Clock:
    until = each.valid_until
    assert until is not None  # noqa: S101  only those that end are asked about
    text = Sentence(
        f"Överenskommelsen med {each.party} gäller till och med {long_date(until)} och behöver förnyas före det.",
        f"The agreement with {each.party} is valid until {long_date(until, 'en')} and must be renewed before that.",
    )
    return Clock(Sentence("Överenskommelsen förnyas", "Agreement renewed"), until, (until - on).days, text)


def _is_near(until: date, on: date) -> bool:
    return on >= months_later(until, -AGREEMENT_ALARM_MONTHS)


def council(meeting: CouncilMeeting | None, on: date) -> Finding:
    """10 §: the municipality works for a strategic council that it leads, its members in leading positions.

    Each organisation that was present must have had at least one person in a leading position there; who else came
    along does not matter.
    """
    if meeting is None or meeting.proof.on is None or months_later(meeting.proof.on, COUNCIL_MONTHS) < on:
        proof = () if meeting is None else (meeting.proof,)
        return Finding("10", "not_met", _NO_COUNCIL if meeting is None else _OLD_COUNCIL, proof=proof)
    proof = (meeting.proof,)
    if meeting.is_led_by_municipality is False:
        return Finding("10", "not_met", _LED_BY_ANOTHER, proof=proof)
    followed = _organisations(meeting, is_leading=False)
    if followed:
        names = ", ".join(followed)
        missing = Sentence(
            f"Rådet saknade företrädare i ledande befattning för: {names}. Be om sådana till nästa möte.",
            f"The council had nobody in a leading position from: {names}. Ask for them at the next meeting.",
        )
        return Finding("10", "not_met", missing, proof=proof)
    if not meeting.members or _organisations(meeting, is_leading=None):
        return Finding("10", "unknown", _POSITIONS_UNKNOWN, proof=proof)
    if meeting.is_led_by_municipality is None:
        return Finding("10", "unknown", _LEADER_UNKNOWN, proof=proof)
    return Finding("10", "met", proof=proof)


def _organisations(meeting: CouncilMeeting, *, is_leading: bool | None) -> list[str]:
    """The organisations without anybody in a leading position: where it was denied, or where nobody noted it."""
    noted: dict[str, set[bool | None]] = {}
    for member in meeting.members:
        noted.setdefault(member.organisation, set()).add(member.is_leading)
    return [name for name, found in noted.items() if True not in found and (None in found) is (is_leading is None)]


_NO_COUNCIL: Final = Sentence(
    "Det finns inget möte med det strategiska rådet. Kalla till ett i processen Strategiskt råd.",
    "There is no meeting of the strategic council. Call one in the process Strategic council.",
)
_OLD_COUNCIL: Final = Sentence(
    "Det strategiska rådet har inte mötts på två år. Kalla till ett möte i processen Strategiskt råd.",
    "The strategic council has not met for two years. Call a meeting in the process Strategic council.",
)
_LED_BY_ANOTHER: Final = Sentence(
    "Det senaste mötet leddes inte av kommunen. Se till att en företrädare för kommunen leder nästa möte.",
    "The last meeting was not led by the municipality. See to it that one of its own leads the next.",
)
_LEADER_UNKNOWN: Final = Sentence(
    "Det framgår inte om kommunen ledde det senaste mötet. Ange det i protokollet för nästa möte.",
    "It does not show whether the municipality led the last meeting. Note it at the next.",
)
_POSITIONS_UNKNOWN: Final = Sentence(
    "Det framgår inte om de närvarande hade ledande befattning. Ange det för var och en vid nästa möte.",
    "It does not show whether those present held leading positions. Note it for each at the next meeting.",
)


def coordination(holdings: Sequence[Holding], told: Sequence[Proof], on: date) -> Finding:
    """11–12 §§: a coordination function that coordinates, is the point of contact and informs the residents.

    The role must never be vacant. That the residents were informed is shown by what was published or held with them.
    """
    held = [each for each in holdings if each.from_on <= on and (each.until_on is None or on <= each.until_on)]
    if not held:
        return Finding("11-12", "not_met", _VACANT, proof=tuple(told))
    proof = (*(each.proof for each in held), *told)
    ends_on = _covered_until(holdings, on)
    clocks = () if ends_on is None else (_vacancy(ends_on, on),)
    if not told:
        return Finding("11-12", "unknown", _NOT_TOLD, clocks, proof)
    if ends_on is not None and on >= months_later(ends_on, -HOLDING_ALARM_MONTHS):
        return Finding("11-12", "soon", _vacancy(ends_on, on).text, clocks, proof)
    return Finding("11-12", "met", clocks=clocks, proof=proof)


def _covered_until(holdings: Sequence[Holding], on: date) -> date | None:
    """The last day without a gap from the day on; None when there is no end in sight."""
    last = on
    for each in sorted(holdings, key=lambda holding: holding.from_on):
        if each.from_on <= last + timedelta(days=1):
            if each.until_on is None:
                return None
            last = max(last, each.until_on)
    return last


def _vacancy(ends_on: date, on: date) -> Clock:
    text = Sentence(
        f"Samordnarens roll är besatt till och med {long_date(ends_on)}. Utse någon för tiden därefter.",
        f"The coordinator's role is held until {long_date(ends_on, 'en')}. Appoint somebody for the time after that.",
    )
    return Clock(Sentence("Samordnare utses", "Coordinator appointed"), ends_on, (ends_on - on).days, text)


_VACANT: Final = Sentence(
    "Ingen har rollen samordnare den här dagen. Ge någon rollen, så att kommunen har en kontaktpunkt.",
    "Nobody holds the coordinator's role on this day. Give it to somebody, so that there is a point of contact.",
)
_NOT_TOLD: Final = Sentence(
    "Samordnaren finns, men det framgår inte att invånarna har fått information. Publicera lägesbilden eller planen, "
    "eller håll en medborgardialog.",
    "There is a coordinator, but it does not show that residents were informed. Publish the situation picture or the "
    "plan, or hold a citizen dialogue.",
)


def reporting(watch: Watch, reports: Sequence[Proof], on: date) -> Finding:
    """13 §: the board leads the work and reports it continuously to the municipal council.

    The interval is the municipality's own, the clock that of `app/domain/watchdogs.py`. A report is a decision of
    the council (KF) that its secretary has recorded.
    """
    clocks = (clock_of(Sentence("Rapport till fullmäktige", "Report to the municipal council"), watch, on),)
    missing: Sentence | None = None
    if watch.due_on is None:
        missing = Sentence(
            "Kommunfullmäktige har inte fått någon rapport. Starta processen Politisk rapport.",
            "The municipal council has had no report. Start the process Report to the political bodies.",
        )
    elif watch.state == "alarm":
        missing = Sentence(
            f"Nästa rapport ska vara hos kommunfullmäktige senast {long_date(watch.due_on)}. Starta processen Politisk "
            "rapport i tid för manusstoppet.",
            f"The next report must reach the municipal council by {long_date(watch.due_on, 'en')}. Start the process "
            "Report to the political bodies in time for the manuscript stop.",
        )
    elif watch.state == "overdue":
        late = Duration(days=(on - watch.due_on).days).in_words()
        missing = Sentence(
            f"Rapporten till kommunfullmäktige är {late.sv} sen. Starta processen Politisk rapport.",
            f"The report to the municipal council is {late.en} late. Start the process Report to the political bodies.",
        )
    return Finding("13", state_of(watch), missing, clocks, tuple(reports))


def cameras(found: Sequence[Camera], on: date) -> Finding:
    """14 § (2025:223, since 2025-04-01): the municipality may use camera surveillance for safe public places.

    A right and no duty: without such measures it does not apply. What is decided must have been held against
    kamerabevakningslagen (2018:1200), and where that is written must be said.
    """
    if not found:
        none = Sentence(
            "Kommunen har ingen kamerabevakning bland sina åtgärder. Paragrafen ger en rätt, ingen skyldighet.",
            "The municipality has no camera surveillance among its measures. The paragraph gives a right, no duty.",
        )
        return Finding("14", "not_applicable", none)
    proof = tuple(each.proof for each in found)
    unchecked = [e for e in found if e.checked_on is None or e.checked_on > on or not e.noted.strip()]
    if not unchecked:
        return Finding("14", "met", proof=proof)
    names = ", ".join(each.proof.title for each in unchecked)
    missing = Sentence(
        f"Den rättsliga prövningen saknas för: {names}. Pröva kamerabevakningen och ange dag och var prövningen finns "
        "i kontrollen av planen.",
        f"The legal check is missing for: {names}. Hold the surveillance against the law, and state the day and where "
        "it is written in the check of the plan.",
    )
    return Finding("14", "not_met", missing, proof=proof)

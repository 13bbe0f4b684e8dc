"""What the legal check is judged by: frozen facts of one municipality as they stood on one day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from app.domain.watchdogs import Watch


@dataclass(frozen=True)
class Proof:
    """Something that shows a duty done: a record, an ended process instance or a role that is held.

    `kind` is that of the record (`situation_picture`), `process_instance` or `role_assignment`. `on` is the day it
    was done, `paragraph` its number in the minutes, `instance_id` the process instance that it came from.
    """

    kind: str
    id: UUID
    on: date | None
    title: str = ""
    paragraph: str = ""
    instance_id: UUID | None = None


@dataclass(frozen=True)
class Picture:
    """The adopted situation picture: the texts of 4 §, and the analyses under other statutes that it names."""

    proof: Proof
    crime: str = ""
    extent: str = ""
    consequences: str = ""
    other_information: str = ""
    analysis: str = ""
    other_analyses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The decided action plan. `picture` is the situation picture that it builds on, if that had been adopted then.

    `decisions` are those of the bodies that it was decided by.
    """

    proof: Proof
    picture: Proof | None = None
    decisions: tuple[Proof, ...] = ()


@dataclass(frozen=True)
class Agreement:
    """A cooperation agreement. The days of signature are None while somebody has not signed."""

    proof: Proof
    party: str
    purposes: int
    areas: int
    signed_municipality_on: date | None
    signed_party_on: date | None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Member:
    """Somebody present at the council. `is_leading` is None where nobody noted the position."""

    organisation: str
    is_leading: bool | None


@dataclass(frozen=True)
class CouncilMeeting:
    """The council's last meeting. `is_led_by_municipality` is None where nobody noted who led it."""

    proof: Proof
    is_led_by_municipality: bool | None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Holding:
    """Somebody holds the coordinator's role from a day to a day, both included; without a last day until told."""

    proof: Proof
    from_on: date
    until_on: date | None


@dataclass(frozen=True)
class Camera:
    """A measure of camera surveillance. `checked_on` is the day it was held against the law, `noted` where that is."""

    proof: Proof
    checked_on: date | None = None
    noted: str = ""


@dataclass(frozen=True)
class Facts:
    """All of it. `reports` are the council's decisions, the last first; `told` is what the residents were told."""

    picture: Picture | None
    plan: Plan | None
    picture_watch: Watch
    follow_up_watch: Watch
    reporting_watch: Watch
    follow_up: Proof | None = None
    reports: tuple[Proof, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    council: CouncilMeeting | None = None
    holdings: tuple[Holding, ...] = ()
    told: tuple[Proof, ...] = ()
    cameras: tuple[Camera, ...] = ()

"""The commitment ledger: kept, partly and not kept, by actor and year."""

from datetime import date
from typing import Any
from uuid import UUID

from app.domain.commitment_ledgers import NOBODY, Promise, Tally, ledger

TODAY = date(2026, 11, 21)
POLICE, CHURCH = UUID(int=1), UUID(int=2)


def promise(number: int, actor_id: UUID | None = POLICE, **values: Any) -> Promise:
    known: dict[str, Any] = {
        "actor": None if actor_id is None else "Polisen" if actor_id == POLICE else "Östra kyrkan",
        "year": 2025,
        "title": f"Nr {number}",
        "due_on": None,
        "status": "made",
        "result": None,
    }
    return Promise(id=UUID(int=100 + number), actor_id=actor_id, **{**known, **values})


def test_an_empty_ledger_has_no_lines() -> None:
    assert ledger([], TODAY).actors == ()
    assert ledger([], TODAY).years == ()


def test_each_actors_years_are_counted_by_themselves_and_together() -> None:
    book = ledger(
        [
            promise(1, status="met"), promise(2, status="not_met", year=2026), promise(3, status="partly"),
            promise(4, CHURCH, status="met"),
        ],
        TODAY,
    )  # fmt: skip
    assert [(line.actor, line.year, line.tally) for line in book.actors] == [
        ("Polisen", 2025, Tally(kept=1, partly=1)),
        ("Polisen", 2026, Tally(not_kept=1)),
        ("Östra kyrkan", 2025, Tally(kept=1)),
    ]
    assert book.years == ((2025, Tally(kept=2, partly=1)), (2026, Tally(not_kept=1)))
    assert book.years[0][1].judged == 3


def test_a_commitment_is_overdue_the_day_after_its_day_and_never_once_it_is_judged() -> None:
    assert not promise(1, due_on=TODAY).is_overdue(TODAY)
    assert promise(1, due_on=TODAY).is_overdue(date(2026, 11, 22))
    assert not promise(1, due_on=TODAY, status="not_met").is_overdue(date(2027, 1, 1))
    assert not promise(1).is_overdue(date(2150, 1, 1))
    assert ledger([promise(1, due_on=TODAY)], date(2027, 1, 1)).years[0][1] == Tally(open=1, overdue=1)


def test_actors_stand_in_the_swedish_alphabet_and_those_without_one_last() -> None:
    names = ["Östra", "Ängen", "Åsen", "Zinken", "Adam"]
    book = ledger([promise(n, UUID(int=n), actor=name) for n, name in enumerate(names, 1)] + [promise(9, None)], TODAY)
    assert [line.actor for line in book.actors] == ["Adam", "Zinken", "Åsen", "Ängen", "Östra", NOBODY]


def test_an_actors_commitments_stand_by_due_date_and_those_without_one_last() -> None:
    (line,) = ledger([promise(1), promise(2, due_on=TODAY), promise(3, due_on=date(2026, 1, 1))], TODAY).actors
    assert [one.title for one in line.promises] == ["Nr 3", "Nr 2", "Nr 1"]


def test_two_actors_of_one_name_are_two() -> None:
    book = ledger([promise(1, POLICE, actor="Butiken"), promise(2, CHURCH, actor="Butiken")], TODAY)
    assert [line.actor_id for line in book.actors] == [POLICE, CHURCH]

"""Meeting plans from spreadsheets and calendars."""

from datetime import date

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.meeting_calendars import read_ics
from app.domain.meeting_imports import MAX_BYTES, MAX_ROWS, ImportedPlan, organs_named
from app.domain.meeting_plans import Meeting
from app.domain.meeting_tables import read_csv
from app.domain.workdays import WorkdayCalendar

SWEDEN = WorkdayCalendar()
TABLE = """organ;datum;manusstopp
KS;2027-03-23;2027-02-23
Kommunfullmäktige;måndag 26 april 2027;20
KSAU;23/3 2027;
Hållbarhetsrådet;den 6 maj 2027;10 arbetsdagar
"""


def told(plan: ImportedPlan) -> list[tuple[str, str, str]]:
    return [(m.organ, str(m.on), str(m.manuscript_stop_on or m.manuscript_workdays or "")) for m in plan.meetings]


def faults(plan: ImportedPlan) -> list[tuple[int, str]]:
    return [(f.line, f.sv) for f in plan.faults]


ROWS = [
    ("KS", "2027-03-23", "2027-02-23"),
    ("KF", "2027-04-26", "20"),
    ("KSAU", "2027-03-23", ""),
    ("Hållbarhetsrådet", "2027-05-06", "10"),
]


def test_a_table_with_every_way_to_write_a_day_is_read():
    plan = read_csv(TABLE.encode())
    assert plan.faults == ()
    assert told(plan) == ROWS


@pytest.mark.parametrize("separator", [";", ",", "\t", " ; "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_files_of_every_spreadsheet_are_read(separator, encoding, line_end):
    text = TABLE.replace(";", separator).replace("\n", line_end)
    assert told(read_csv(text.encode(encoding))) == ROWS


def test_headings_may_stand_in_another_order_with_other_columns_between():
    text = 'Veckodag;Sammanträdesdatum;Plats;Nämnd\ntisdag;2027-03-23;"Salen; stora";KS\n\n;2027-04-26;;KF\n'
    assert told(read_csv(text.encode())) == [("KS", "2027-03-23", ""), ("KF", "2027-04-26", "")]


def test_a_table_without_headings_is_read_in_the_usual_order():
    assert told(read_csv(b"KS;2027-03-23\nKF;2027-04-26;5\n")) == [("KS", "2027-03-23", ""), ("KF", "2027-04-26", "5")]


def test_a_name_of_the_municipalitys_own_is_given_its_organ():
    plan = read_csv(b"organ;datum\nTrygghetsutskottet;2027-03-23\n", {"trygghetsutskottet": "KSAU"})
    assert told(plan) == [("KSAU", "2027-03-23", "")]


def test_every_fault_is_told_with_its_line_and_the_good_rows_are_kept():
    text = (
        "organ;datum;manusstopp\n"
        "KS;2027-02-30;\n"
        ";2027-03-01;\n"
        "KS;03/04/2027;\n"
        "KS;onsdag 23 mars 2027;\n"
        "KS;2027-03-23;2027-03-24\n"
        "KS;;\n"
        "KF;2027-04-26;\n"
        "Kommunfullmäktige;26 april 2027;\n"
        "KS;2327-03-23;\n"
        "KS;2027-06-08;900\n"
    )
    plan = read_csv(text.encode())
    assert told(plan) == [("KF", "2027-04-26", "")]
    assert faults(plan) == [
        (2, "2027-02-30 finns inte i almanackan."),
        (3, "”” kan inte vara namn på ett organ. Skriv till exempel KS, KF eller Hållbarhetsrådet."),
        (4, "”03/04/2027” är inget datum som bara kan läsas på ett sätt. Skriv 2027-03-23 eller 23 mars 2027."),
        (5, "Dagen stämmer inte: det är tisdag 23 mars 2027, inte onsdag."),
        (6, "Manusstoppet onsdag 24 mars 2027 ligger efter sammanträdet tisdag 23 mars 2027."),
        (7, "Datumet saknas."),
        (9, "Två sammanträden med kommunfullmäktige samma dag, måndag 26 april 2027: se rad 8. Ta bort det ena."),
        (10, "Året ska vara mellan 1991 och 2198, inte 2327."),
        (11, "Manusstoppet får vara högst 200 arbetsdagar före sammanträdet."),
    ]
    assert all(f.en and f.en != f.sv for f in plan.faults)


@pytest.mark.parametrize(
    ("raw", "line", "word"),
    [
        (b"", 0, "tom"),
        (b" \n\n", 0, "tom"),
        (b"\xff\xfe", 0, "tom"),
        (b"PK\x03\x04\x00\x00", 0, "Spara bladet som CSV"),
        (b"\nnamn;telefon\nKS;2027-03-23\n", 2, "organ;datum;manusstopp"),
        (b"organ;manusstopp\nKS;2027-03-23\n", 1, "organ;datum;manusstopp"),
        (b"organ;datum\n", 0, "inga sammantr"),
        (b'organ;datum\nKS;"2027-03-23\nKF;2027-03-24\n', 3, "citattecknen"),
        (b"organ;datum\n" + b"KS;2027-03-23\n" * (MAX_ROWS + 1), 0, "2001 sammantr"),
        (b"x" * (MAX_BYTES + 1), 0, "MB"),
    ],
)
def test_a_file_that_is_no_meeting_table_is_refused_with_the_mend(raw, line, word):
    plan = read_csv(raw)
    assert plan.meetings == ()
    assert [f.line for f in plan.faults] == [line]
    assert word in plan.faults[0].sv
    assert plan.faults[0].en != plan.faults[0].sv


def test_a_manuscript_stop_that_is_counted_moves_earlier_and_one_that_is_named_stays():
    text = "organ;datum;manusstopp\nKS;2027-05-11;2\nKF;2027-05-11;2027-05-07\nKSAU;2027-05-11;\n"
    assert read_csv(text.encode()).planned(SWEDEN, 20) == (
        Meeting("KF", date(2027, 5, 11), date(2027, 5, 7)),
        Meeting("KS", date(2027, 5, 11), date(2027, 5, 5)),
        Meeting("KSAU", date(2027, 5, 11), date(2027, 4, 12)),
    )


def calendar(*events: dict[str, object]) -> bytes:
    made = icalendar.Calendar()
    made.add("PRODID", "-//test//sv")
    made.add("VERSION", "2.0")
    for number, event in enumerate(events):
        entry = icalendar.Event()
        entry.add("UID", f"{number}@example.org")
        for key, value in event.items():
            entry.add(key, value)
        made.add_component(entry)
    return bytes(made.to_ical())


def test_the_events_of_a_calendar_become_meetings_on_the_swedish_day():
    raw = calendar(
        {"SUMMARY": "Kommunstyrelsen sammanträder", "DTSTART": date(2027, 3, 23)},
        {"SUMMARY": "KF, Stadshuset " + "å" * 80, "DTSTART": date(2027, 4, 26)},
        {"SUMMARY": "Kommunstyrelsens arbetsutskott"},
    ).replace(b"SUMMARY:Kommunstyrelsens arb", b"DTSTART:20270308T233000Z\r\nSUMMARY:Kommunstyrelsens arb")
    plan = read_ics(raw)
    assert plan.faults == ()
    # Half past eleven in the evening in Greenwich is the day after in Sweden.
    assert [(m.organ, m.on) for m in plan.meetings] == [
        ("KS", date(2027, 3, 23)),
        ("KF", date(2027, 4, 26)),
        ("KSAU", date(2027, 3, 9)),
    ]


def test_what_is_no_meeting_is_shown_as_left_out():
    plan = read_ics(
        calendar(
            {"SUMMARY": "Personalfest", "DTSTART": date(2027, 3, 1)},
            {"SUMMARY": "Manusstopp KS", "DTSTART": date(2027, 3, 2)},
            {"SUMMARY": "INSTÄLLT KS", "DTSTART": date(2027, 3, 3)},
            {"SUMMARY": "KS", "STATUS": "CANCELLED", "DTSTART": date(2027, 3, 4)},
            {"SUMMARY": "Trygghetsrådet", "DTSTART": date(2027, 3, 5)},
        ),
        {"Trygghetsrådet": "Strategiskt råd"},
    )
    assert [(m.organ, m.on) for m in plan.meetings] == [("Strategiskt råd", date(2027, 3, 5))]
    assert [i.name for i in plan.ignored] == ["Personalfest", "Manusstopp KS", "INSTÄLLT KS", "KS"]
    assert plan.faults == ()


def test_the_faults_of_a_calendar_name_the_line_of_their_event():
    raw = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
        b"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:KS\r\nDTSTART;VALUE=DATE:20270323\r\nRRULE:FREQ=MONTHLY\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:KS och KF\r\nDTSTART;VALUE=DATE:20270324\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nUID:3\r\nSUMMARY:KF\r\nDTSTART;VALUE=DATE:2027\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nUID:4\r\nSUMMARY:KS\r\nDTSTART;VALUE=DATE:20270325\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nUID:5\r\nSUMMARY:KS extra\r\nDTSTART:20270325T180000\r\nEND:VEVENT\r\n"
        b"END:VCALENDAR\r\n"
    )
    plan = read_ics(raw)
    assert [(line, sv[:34]) for line, sv in faults(plan)] == [
        (4, "Händelsen ”KS” upprepas. Skriv var"),
        (10, "Händelsen ”KS och KF” nämner flera"),
        (15, "Händelsen ”KF” har ingen dag som g"),
        (25, "Två sammanträden med kommunstyrels"),
    ]
    assert all(f.en and f.en != f.sv for f in plan.faults)


@pytest.mark.parametrize(
    ("raw", "line", "word"),
    [
        (b"", 0, "tom"),
        (b"organ;datum\n", 1, "iCalendar"),
        (
            b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY KS\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            3,
            "en rad som inte går att läsa",
        ),
        (b"BEGIN:VCALENDAR\r\nhej\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", 2, "iCalendar"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", 0, "inga händelser"),
        (b"BEGIN:VCALENDAR\r\nX:\xe5\r\nEND:VCALENDAR\r\n", 2, "UTF-8"),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * (MAX_ROWS + 1), 0, "2001 sammantr"),
        (b"x" * (MAX_BYTES + 1), 0, "MB"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_with_the_mend(raw, line, word):
    plan = read_ics(raw)
    assert plan.meetings == ()
    assert [f.line for f in plan.faults] == [line]
    assert word in plan.faults[0].sv


@pytest.mark.parametrize(
    ("text", "organs"),
    [
        ("KS", {"KS"}),
        ("Sammanträde med kommunstyrelsen kl. 13", {"KS"}),
        ("KS AU", {"KSAU"}),
        ("Kommunstyrelsens  arbetsutskott", {"KSAU"}),
        ("Kommunfullmäktiges budgetsammanträde", {"KF"}),
        ("KSAU och KS", {"KSAU", "KS"}),
        ("KSO presskonferens", set()),
        ("Bokskfest", set()),
    ],
)
def test_an_organ_is_recognised_by_whole_words(text, organs):
    assert organs_named(text, {}) == organs


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text('organ;datum\n\r"KS2027-0323, \t', max_size=80).map(str.encode)))
def test_any_file_is_read_or_refused_and_nothing_else(raw):
    for plan in (read_csv(raw), read_ics(raw), read_ics(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + raw)):
        assert plan.meetings or plan.faults or plan.ignored

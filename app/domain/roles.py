"""The roles people hold. One catalogue: identifier, Swedish and English name, and what the role may oversee.

Political bodies (KS, KF, KSAU) are in it because tasks name them as deciders, but they never sign in: the board
secretary records what they decided.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role. `oversees`: sees every task and instance of the municipality. `administers`: may change and repair."""

    id: str
    sv: str
    en: str
    oversees: bool = False
    administers: bool = False
    external: bool = False
    political: bool = False


_CATALOGUE = (
    Role("crime_prevention_coordinator", "Samordnare", "Crime prevention coordinator", oversees=True),
    Role("security_manager", "Säkerhetschef", "Security manager", oversees=True),
    Role("system_admin", "Administratör", "Administrator", oversees=True, administers=True),
    Role("auditor", "Revisor", "Auditor", oversees=True),
    Role("municipal_director", "Kommundirektör", "Municipal director", oversees=True),
    Role("theme_owner", "Temaägare", "Theme owner"),
    Role("council_chair", "Rådets ordförande", "Chair of the council"),
    Role("council_secretary", "Rådets sekreterare", "Secretary of the council"),
    Role("situation_picture_group", "Gruppen för lägesbild", "Situation picture group"),
    Role("measures_group", "Gruppen för åtgärder", "Measures group"),
    Role("management_team", "Ledningsgrupp", "Management team"),
    Role("est_chair", "EST-ordförande", "EST chair"),
    Role("est_member", "EST-medlem", "EST member"),
    Role("reporter", "Inrapportör", "Reporter"),
    Role("group_chair", "Gruppens ordförande", "Group chair"),
    Role("group_member", "Gruppmedlem", "Group member"),
    Role("public_health_strategist", "Folkhälsostrateg", "Public health strategist"),
    Role("social_development_lead", "Socialförvaltningens utvecklingsledare", "Social services development lead"),
    Role("project_manager", "Projektledare", "Project manager"),
    Role("department_head", "Förvaltningschef", "Head of department"),
    Role("department_rep", "Förvaltningsrepresentant", "Department representative"),
    Role("municipal_company", "Kommunalt bolag", "Municipal company"),
    Role("local_police_area_chief", "Lokalpolisområdeschef", "Local police area chief"),
    Role("municipal_police_officer", "Kommunpolis", "Municipal police officer"),
    Role("external_actor", "Extern aktör", "External actor", external=True),
    Role("board_secretary", "Kommunsekreterare", "Board secretary"),
    Role("board_chair", "Kommunstyrelsens ordförande", "Chair of the municipal board"),
    Role("board_presidium", "Kommunstyrelsens presidium", "Presidium of the municipal board"),
    Role("registrar", "Registrator", "Registrar"),
    Role("communications_officer", "Kommunikatör", "Communications officer"),
    Role("data_protection_reviewer", "Dataskyddssamordnare", "Data protection reviewer"),
    Role("archivist", "Arkivarie", "Archivist"),
    Role("measure_owner", "Åtgärdsägare", "Measure owner"),
    Role("analysis_lead", "Analysledare", "Analysis lead"),
    Role("approver", "Fastställare", "Approver"),
    Role("document_owner", "Dokumentansvarig", "Document owner"),
    Role("politician_host", "Politiker i dialog", "Politician hosting a dialogue"),
    Role("municipal_council", "Kommunfullmäktige", "Municipal council", political=True),
    Role("municipal_board", "Kommunstyrelsen", "Municipal board", political=True),
    Role("drafting_committee", "Kommunstyrelsens arbetsutskott", "Drafting committee", political=True),
    Role("steering_group", "Styrgrupp", "Steering group"),
    Role("strategic_council", "Strategiskt råd", "Strategic council"),
    Role("sustainability_council", "Hållbarhetsråd", "Sustainability council"),
    Role("business_council", "Näringslivsråd", "Business council"),
    Role("committee", "Nämnd", "Committee", political=True),
)

ROLES = {role.id: role for role in _CATALOGUE}
DEFAULT_ROLE = "crime_prevention_coordinator"


_OF_DEPARTMENTS = frozenset({"department_rep", "department_head"})
_OF_GROUPS = frozenset({"est_member", "group_member"})


def role_within(role: str, kind: str | None) -> str:
    """Who does a task of that role in a place of that kind.

    In a municipal company nobody represents a department. An actor sits in a group, proposes, and does what it promised
    as itself; whoever sits in a group for a function is a member of it.
    """
    if kind == "actor" and role in _OF_GROUPS | {"measure_owner", "department_rep"}:
        return "external_actor"
    if kind == "seat" and role == "department_rep":
        return "group_member"
    return "municipal_company" if kind == "company" and role in _OF_DEPARTMENTS else role


def role_name(role: str, language: str = "sv") -> str:
    """The role's name in that language; an unknown role is shown as it is."""
    found = ROLES.get(role)
    if found is None:
        return role
    return found.en if language == "en" else found.sv

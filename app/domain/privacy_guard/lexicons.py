"""The words by which the guard knows that a sentence is about somebody, and what it says of them.

Written for this use; first names among the most common ones in Sweden, old and young, of many origins. No list is
complete: a list decides what the writer is asked about, not what is allowed. Everything is in lower case.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FIRST_NAMES: Final = _words("""
    abdi abdirahman abdullah adam adem adnan agneta ahmad ahmed aisha albin alexander alexandra alfred ali alice
    alicia alma alva alvin amanda amina amir anders andreas andrzej anette angelica anita anja ann anna anneli
    annika anton arvid astrid august axel barbro ben bengt benjamin berit bertil birgit birgitta bosse britt
    britta camilla carin carina carl caroline casper catarina catharina cecilia charlie charlotta charlotte
    christer christian christina christoffer claes daniel daniela dario david denise dennis diana ebba edvin
    edward eero elena elias elif elin elina elis elisabet elisabeth ella ellen elliot elsa elvira emelie emil
    emilia emma emmy erik erika erling ester eva evelina fabian farah fatima fatuma felicia felix filip filippa
    folke frank fredrik frida gabriel gabriella georg gerd gert goran greta gun gunilla gunnar gunnel gustaf
    gustav göran göte hamza hana hanna hannah hannes harald harry hassan hedda helen helena helene henrik henry
    herman hilda hilma hugo hussein håkan ian ibrahim ida idil igor ines inga ingela inger ingrid ingvar irene
    iris isa isabella isabelle isak ismail ivan jack jacob jakob jamal jan jasmin jasmina jasmine jennifer jenny
    jens jesper jessica jimmy joakim joel johan johanna john johnny jon jonas jonathan jonna jonny josef josefin
    josefine joseph juha julia julian kaj kajsa kalle karin karl karolina karwan katarina katja kenneth kent
    kerstin kevin khadija khaled kjell klara klas konrad krister kristian kristina kristoffer krzysztof lars
    lasse laura leif leila lena lennart leo leon leona liam lilian lilly lina linda linn linnea linus lisa
    lisbeth lotta louise lova lovisa lucas ludvig luka lukas madeleine magdalena magnus mahmoud maja malin malte
    marcus margareta margaretha maria mariam marianne marie marina mario marita markus marta martin martina
    mathias matilda mats matteo mattias maximilian mehmet melker melvin mia micael michael mikael milan milo
    milton minna mira miriam moa mohamed mohammad mohammed mohamud molly monica monika muhammad mustafa märta
    nadia natalie nathalie nellie nicklas niklas nils nina noah noel nora nour olivia olle olof omar oscar oskar
    osman otto patricia patrik paulina pelle per pernilla peter petra philip pia pontus rasmus rebecca rebecka
    reza richard rickard rikard robert robin roger roland rolf ronja ronny rosa rune ruth saga said salma samir
    samira samuel sandra sanna sara sarah sebastian selma signe sigrid simon simone siv sixten sofia sofie
    solveig sonja stefan stella stina sune susanna susanne svante sven svetlana tage tariq thea theo theodor
    therese thomas tilda tim tina tobias tomas tommy tony tove tuva tyra ulf ulla ulrika urban valter vanessa
    vera veronica victor victoria vidar viggo viktor vilgot vilhelm vilma vincent william wilma yasmin ylva
    yousef yusuf yvonne zahra zainab zeinab zlatan åke åsa örjan östen
""")
NAMES_THAT_ARE_WORDS: Final = _words(
    "björn bo bror dan kim liv love max maj mona my sten stig sol tom viola freja alva charlie frank leo milan "
    "ben urban rosa saga iris vera tage ester isa per rune siv august herman ian tim gun jan folke"
)
"""First names that are also words, places, shops or months: a surname must follow."""
SURNAMES: Final = _words("""
    ahlgren axelsson berg berggren berglund bergman bergström björk blom blomqvist dahl dahlberg danielsson ek
    eklund ekström engström falk forsberg fransson hansen hassan hedlund hellström henriksson holm holmberg
    holmgren hosseini håkansson isaksson lind lindberg lindgren lindholm lindqvist lindström ljung lund lundberg
    lundgren lundin lundqvist löfgren mattsson mårtensson nordin nordström norén nyberg nyman nyström palm
    sandberg sandström sjöberg sjögren ström strömberg sundberg sundström söderberg wallin wikström åberg åström
    öberg öhman
""")
NO_NAME_BEFORE: Final = _words(
    "gata gatan väg vägen plats platsen torg torget park parken skola skolan kyrka kyrkan kyrkogård backe backen källa "
    "gård gården gränd plan stiftelse förskola hamburgare"
)
"""What makes the name before it a place: "Karl Johans gata"."""
NO_NAME_AFTER: Final = _words("sankt sankta st s:t s:ta")

PERSONS: Final = _words("""
    brodern brukaren brukarens dottern dotterns eleven elevens fadern flickan flickans grabben grannen gubben
    han hans hen henne hennes hens hon honom hustrun killen killens klienten klientens kvinnan kvinnans maken
    mamman mammans mannen mannens missbrukaren modern pappan pappans patienten placerade pojken pojkens sambon
    sonen sonens styvmamman styvpappan systern tanten tjejen tjejens tonåringen ynglingen ynglingens
""")
"""One certain person."""
ONE_OF: Final = _words("""
    anställd boende bror brukare dotter elev flicka grabb granne kille klient kvinna lärare mamma man pappa
    patient person pojke son syster tjej tonåring ungdom yngling
""")
"""With "en" before it: a person."""
GROUPS: Final = _words("""
    barn elever familj familjen familjer flickor gäng gänget killar kvinnor män personer pojkar släkt släkten
    tjejer tonåringar ungdomar ungdomsgäng
""")
IN_GENERAL: Final = _words("om när varje någon ifall oavsett huruvida exempelvis alla ingen hur att")
"""Before "en elev": any pupil, not a certain one."""

DEEDS: Final = _words("""
    anhållen anhölls anlade bråkade bråkar dealade dealar dömd dömdes döms eldade erkände erkänt fifflar
    förföljde förföljer förstörde förövare förövaren greps gripen gripits gängledare gängmedlem gärningsman
    gärningsmannen hets hetsar hotade hotar hotat häktad häktades hämnas inbrottstjuv klottrade klottrar
    klottrat knarkade knarkar knarklangare knivhögg kriminell krossade langade langar langare langat missbrukar
    missbrukare misshandlade misshandlar misshandlat misstänks misstänkt misstänktes mobbade mobbar ofredade
    ofredar pundare rattfull rekryterade rekryterar rånade rånar rånat skadegörare skjutit sköt slagit slog slår
    snattade snattar snattare snattat sparkade sparkar springpojke stal stjäl stulit sålde sålt säljer tjuven
    trakasserade trakasserar utpekad utpekas vandaliserade vandaliserar våldtog åtalad åtalades åtalas
""")
"""What somebody is said to have done or to be; crimes as such (stöld, misshandel) are no accusation."""
DEEDS_IN_WORDS: Final = (
    "ligger bakom", "låg bakom", "pekas ut", "tände eld", "har narkotika", "köper narkotika", "kör onykter",
    "körde onykter", "tar droger", "använder narkotika", "begått brott", "skyldig till",
)  # fmt: skip
TELLS: Final = _words("""
    berättade berättar beskrev beskriver framför framförde föredrar föredrog informerade informerar konstaterade
    konstaterar lyfte lyfter menar polisanmälde presenterade presenterar påpekade påpekar rapporterade
    rapporterar redovisade redovisar sade säger uppgav uppger
""")
"""Between a name and a deed: the one who tells is not the one who did it."""

HEALTH: Final = _words("""
    abort adhd alkoholberoende alkoholiserad alkoholist amfetaminmissbruk anorexi antidepressiva asperger
    aspergers autism autist autistisk avgiftning behandlingshem beroendesjukdom bipolär bulimi bup cancer demens
    dement depression deprimerad diabetes diabetiker diagnos diagnosen diagnoser drogberoende drogpåverkad
    epilepsi funktionsnedsatt funktionsnedsättning förståndshandikapp gravid hepatit hiv hivpositiv
    lvm medicinerar medicineras missbruk missbrukar missbruksproblem narkoman
    narkotikaberoende neuropsykiatrisk psykiatri psykiatrin psykisk psykos psykossjuk psykotisk psykvården ptsd
    rullstolsburen rättspsykiatrin schizofren schizofreni sjukdom sjukskriven självmord självmordsbenägen
    självmordsförsök självskadar självskadebeteende spelberoende suicid suicidal suicidförsök tablettmissbruk
    tourettes trauma traumatiserad tvångsvård tvångsvårdas utvecklingsstörd utvecklingsstörning ångest
    ätstörning överdos
""")
ETHNIC: Final = _words("""
    afghan afghansk afghanska afrikan afrikansk afrikanska alban albansk albanska arab arabisk arabiska bosnisk
    bosniska bulgarisk chilensk chilenska eritrean eritreansk eritreanska etiopisk hindu invandrare
    invandrarkille invandrarpojke irakier irakisk irakiska iransk iranska jude judisk judiska kristen kurd
    kurdisk kurdiska marockansk marockanska muslim muslimsk muslimska muslimskt mörkhyad mörkhyade nordafrikansk
    nordafrikanska palestinsk palestinska polsk polska rom romsk romska rumänsk rumänska rysk ryska samisk
    samiska serbisk serbiska somalier somalisk somaliska svarthårig syrier syrisk syriska thailändsk tjetjensk
    tjetjenska turk turkisk turkiska ukrainsk ukrainska utländsk utländskt utomeuropeisk zigenare östeuropeisk
    östeuropeiska
""")
ORIGIN: Final = _words("ursprung bakgrund härkomst utseende brytning påbrå rötter nationalitet invandrarbakgrund")
PROTECTED: Final = (
    "skyddad identitet", "skyddade personuppgifter", "sekretessmarkerad", "skyddad folkbokföring", "kvarskrivning",
    "skyddat boende", "sekretessmarkering",
)  # fmt: skip
CASEWORK: Final = _words("""
    avstängd avstängdes behandling biståndsbeslut familjehem frånvarande frånvaro förhör genomförandeplan
    handläggare hemmaboende hotbild hvb insats insatser kontaktfamilj lvu omhändertagen omhändertogs orosanmälan
    orosanmäld orosanmälningar placerad placerades placering polisförhör riskbedömning samtycke sip sis skolkar
    skolkat skolplacering socialsekreterare umgås umgänge urinprov utreddes utredning utreds vårdnad vårdnaden
    åtgärdsprogram
""")

HOME: Final = _words(
    "bor bodde hemma hemmet bostad bostaden lägenhet lägenheten lgh villa villan folkbokförd skriven hemadress "
    "hemadressen bostadsadress bostadsadressen inneboende"
)
STREET_ENDINGS: Final = (
    "gata", "gatan", "väg", "vägen", "gränd", "gränden", "stig", "stigen", "allé", "allén", "backe", "backen", "torg",
    "torget", "plan", "gård", "gården", "ringen", "leden", "slingan", "kroken",
)  # fmt: skip

AREA_CODES: Final = _words("8 10 11 13 16 18 19 20 21 23 26 31 33 35 36 40 42 44 46 54 60 63 70 72 73 76 77 79 90")
"""Without the 0. Those of four figures are too many to list."""
BEFORE_A_NUMBER: Final = _words(
    "LED SOS SFS SOU LSS HSL SOL OSL EST SKR MSB NTU DNR SEK EUR USD TEL LGH RUM SAL BUS KAP PAR ART MOM ISO DOS"
)
"""In capitals, and without being a plate with the three figures that follow. These stand in capitals here too."""

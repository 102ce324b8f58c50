"""Words as they stand on signs, packages and pages."""

import string
from collections.abc import Mapping, Sequence

import numpy as np

COMMON_WORDS = """
    able about above across action after again age air all always amber and angel animal answer apple april area
    arena arrow art asia atlas august autumn avenue bakery bank bar basic bay beach bear beauty before bell best
    better big bike bird black blue board boat body book boots border bottle bowl box boy brand bread bridge bright
    bring broad brown bus business butter buy cabin cafe cake call camera candle car card care castle cat center
    central chain chance change cheese chicken child china choice circle city class clean clear clock close cloth
    cloud club coast code coffee cold color come common computer cook cool copper corner cotton country craft cream
    cross crown culture cup curry custom daily dance danger dark data dawn day deal december deep delta dental
    design desk diamond dinner direct discount doctor dog dollar door double down dragon dream dress drink drive
    drop dry eagle early earth east easy eat edge egg eight electric elite empire end energy engine english enter
    estate europe event every exit express extra eye face fair family fancy farm fashion fast father feel festival
    field film final fine fire first fish five flag flash floor flower fly food foot forest fork formula forward
    found four fox free french fresh friday friend fruit full fun future galaxy game garden gate gentle giant gift
    girl give glass global gold good grand grape great green grill group guest guide hair half hall hand happy
    harbor hat head health heart heavy help herald hero high hill history hobby holiday home honey hope horse hot
    hotel hour house ice idea inn insure iron island ivory jazz jewel job join journal juice july jump june jungle
    keep key kid kind king kitchen knife lake lamp land large laser last late laundry law leaf league learn leather
    leave left lemon letter library life light like lime line lion list little live local london long look lotus
    love low lucky lunch magic mail main make manor map maple march mark market master match meal media medical
    melon memory menu metal metro middle milk mind mine mint mirror mobile model modern monday money month moon
    morning mother motor mount mouse movie music nature near never new news next nice night nine noble noon north
    notice novel number oak ocean october office oil olive one open orange orchid order organic oriental oven over
    owl page paint palace palm panda paper paradise park party pass path pay peace pearl pepper person phone photo
    piano pick picture pilot pine pizza place planet plant plaza please point police polo pool port post potato
    power present press price prime prince private product profit public pure purple quality queen quick quiet radio
    rain rainbow ramp rapid ready real record red rent repair rest rice rich right ring river road robin rock roof
    room rose round royal rugby run rush safe sail salad sale salon salt sand saturday save school science sea
    season second secure seed select self senior service seven shadow share sharp shine ship shirt shoe shop short
    show side sign silk silver simple sing six skin sky sleep slow small smart smile smoke snack snow soap social
    soft solar song soul sound soup south space spare speed spice spirit sport spot spring square staff stage star
    start station stay steak steel step stone stop store storm story street strong studio style sugar suit summer
    sun sunday super supply sure surf sweet swift swim system table tailor take talk taste tax taxi tea team tech
    temple ten tennis test thai theatre three thunder ticket tiger time tire today tomato tool top total touch tour
    tower town toy track trade train travel tree trend true trust tube turn twin two under union unique united upper
    urban vacation valley value van vector velvet victory video view villa village vintage violet vision visit voice
    walk wall warm warning wash watch water wave way web wedding week welcome well west wheel white wild win wind
    window wine winter wise wolf wonder wood word work world year yellow yes yoga young your zebra zero zone
"""
WORDS = tuple(COMMON_WORDS.split())
PUNCTUATION = "!#$%&'()+,-./:?@"
ALPHABET = string.ascii_letters + string.digits + PUNCTUATION
NUMBER_PATTERNS = ('9', '99', '999', '9999', '9.99', '$9.99', '99%', '-99%', '9:99', '99:99', '99/99', '+99', '#9',
                   '9-9', '(99)', '999-9999', '9,999')
CODE_PATTERNS = ('A9', 'A99', 'A-99', 'AA999', 'AA-9', '9A', 'AAA', 'A.A.', 'A&A', 'AA99AA')
MARKED_PATTERNS = ('{}!', '{}?', '{}:', '{},', '{}.', "{}'s", '({})', '@{}', '{}.com', '{}+')
# Characters of patterns that stand for others.
DRAWN = {'9': string.digits, 'A': string.ascii_uppercase}


def random_word(rng: np.random.Generator, words: Sequence[str] = WORDS) -> str:
    """Draw a word, a number, a code, a word with punctuation, or letters without sense."""
    kind = rng.choice(5, p=(0.62, 0.14, 0.08, 0.08, 0.08))
    if kind == 0:
        return _cased(rng, pick(rng, words))
    if kind == 1:
        return filled(rng, pick(rng, NUMBER_PATTERNS), DRAWN)
    if kind == 2:
        return filled(rng, pick(rng, CODE_PATTERNS), DRAWN)
    if kind == 3:
        return pick(rng, MARKED_PATTERNS).format(_cased(rng, pick(rng, words)))
    return _cased(rng, ''.join(rng.choice(list(string.ascii_lowercase), size=rng.integers(2, 11))))


def pick(rng: np.random.Generator, options: Sequence[str]) -> str:
    """Draw one of some texts, each as likely."""
    return options[int(rng.integers(len(options)))]


def filled(rng: np.random.Generator, pattern: str, drawn: Mapping[str, str]) -> str:
    """Put a random character for each one of a pattern that ``drawn`` names, out of those it gives."""
    return ''.join(drawn[c][rng.integers(len(drawn[c]))] if c in drawn else c for c in pattern)


def _cased(rng: np.random.Generator, word: str) -> str:
    return (word.upper, word.capitalize, word.lower)[rng.choice(3, p=(0.45, 0.3, 0.25))]()

"""Words as they stand on signs, packages and pages."""

import string

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


def random_word(rng: np.random.Generator) -> str:
    """Draw a word, a number, a code, a word with punctuation, or letters without sense."""
    kind = rng.choice(5, p=(0.62, 0.14, 0.08, 0.08, 0.08))
    if kind == 0:
        return _cased(rng, _pick(rng, WORDS))
    if kind == 1:
        return _filled(rng, _pick(rng, NUMBER_PATTERNS))
    if kind == 2:
        return _filled(rng, _pick(rng, CODE_PATTERNS))
    if kind == 3:
        return _pick(rng, MARKED_PATTERNS).format(_cased(rng, _pick(rng, WORDS)))
    return _cased(rng, ''.join(rng.choice(list(string.ascii_lowercase), size=rng.integers(2, 11))))


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[rng.integers(len(options))]


def _cased(rng: np.random.Generator, word: str) -> str:
    return (word.upper, word.capitalize, word.lower)[rng.choice(3, p=(0.45, 0.3, 0.25))]()


def _filled(rng: np.random.Generator, pattern: str) -> str:
    """Put a random digit for each 9 and a random capital for each A."""
    draw = {'9': string.digits, 'A': string.ascii_uppercase}
    return ''.join(draw[c][rng.integers(len(draw[c]))] if c in draw else c for c in pattern)

"""Linkage keys of persons, version lk1, in Python: what docs/linkage.md says, for a connector of your own.

    python3 linkage_keys.py [VECTORS.json TABLES.json]

makes the keys of every published vector and says which differ. It needs the standard library alone. For names outside
the vectors install the package `anyascii` 0.3.3 (the same table as this project uses); without it only the letters of the
vectors are known, from the published tables. Phone numbers are read as far as the vectors go: for real ones use a library
that knows all numbering plans (`phonenumbers`), and for countries a whole list of ISO 3166-1.

Not here: refusing what cannot be read (a BSN that fails the 11-test, 30 February), and everything after the key: blinding,
both operators' proofs, finalising. The vectors hold the tokens too, under published seeds (RFC 9497).
"""

import json
import re
import sys
import unicodedata
from pathlib import Path

VERSION = "lk1"
PUBLISHED = Path(__file__).resolve().parents[3] / "src" / "linkage" / "vectors"
COUNTRIES = {"NL": "NLD", "PL": "POL", "DE": "DEU", "BE": "BEL"}


class Tables:
    def __init__(self, published):
        self.titles = set(published["titles"])
        self.particles = set(published["particles"])
        self.common_given = set(published["commonGivenNames"])
        self.common_family = set(published["commonFamilyNames"])
        self.letters = published["letters"]

    def ascii(self, text):
        try:
            from anyascii import anyascii

            return anyascii(text)
        except ImportError:
            return "".join(c if c.isascii() else self.letters[c] for c in text)

    def are_common(self, given, family):
        return (given in self.common_given and family in self.common_family) or (
            family in self.common_given and given in self.common_family
        )


# Names


def without_arabic_article(text):
    """The article is written onto its word: it goes where a word begins and two Arabic letters follow."""
    arabic = "[\u0620-\u064a\u0671-\u06d3]"
    return re.sub(rf"(?<!\w)\u0627\u0644(?={arabic}{{2}})", "", text)


def name_words(name, tables):
    text = unicodedata.normalize("NFKC", name).replace("\u00b7", "")
    text = tables.ascii(without_arabic_article(text)).lower()
    text = re.sub("['`\"]", "", text)
    words = [word.replace("ij", "y") for word in re.split("[^a-z]+", text) if word]
    is_title = tables.titles.__contains__
    is_particle = tables.particles.__contains__
    for kept in (
        lambda word: not is_title(word) and not is_particle(word) and len(word) > 1,
        lambda word: not is_title(word) and not is_particle(word),
        lambda word: not is_particle(word),
        lambda word: True,
    ):
        left = [word for word in words if kept(word)]
        if left:
            return left
    return []


SOUNDS = [
    (r"(.)\1+", r"\1"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("gh", "g"),
    ("kh", "k"),
    ("^ch", "s"),
    ("dzh|dj|dz|zh", "j"),
    ("tsch|tch|sch|sh|sj|sz|cz|ts|tz", "s"),
    ("ch", "h"),
    ("c(?=[eiy])", "s"),
    ("[cq]", "k"),
    ("x", "ks"),
    ("z", "s"),
    ("[vw]", "f"),
    ("d", "t"),
    ("b", "p"),
    (r"(.)\1+", r"\1"),
]


def skeleton(word):
    for pattern, replacement in SOUNDS:
        word = re.sub(pattern, replacement, word)
    first = re.sub("[ijy]", "j", re.sub("[aeou]", "a", word[:1]))
    return first + re.sub("[aeouiyjh]", "", word[1:])


# Places

TOWNS = {"denhaag": "sgravenhage", "thehague": "sgravenhage", "denbosch": "shertogenbosch"}


def plain_town(place, tables):
    """Small Latin letters only, or None."""
    text = tables.ascii(unicodedata.normalize("NFKC", place)).lower()
    town = re.sub("[^a-z0-9]", "", text)
    return re.sub("[^a-z]", "", TOWNS.get(town, town)) or None


# Dates


def read_date(text):
    """Year, month and day; zero where a part is unknown."""
    text = re.sub(r"\s*([-/.])\s*", r"\1", text.strip())
    for pattern, order in (
        (r"(\d{4})", "y"),
        (r"(\d{4})(\d{2})(\d{2})", "ymd"),
        (r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", "ymd"),
        (r"(\d{4})[-/.](\d{1,2})", "ym"),
        (r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", "dmy"),
        (r"(\d{1,2})[-/.](\d{4})", "my"),
    ):
        found = re.fullmatch(pattern, text)
        if found:
            parts = dict(zip(order, map(int, found.groups())))
            return parts["y"], parts.get("m", 0), parts.get("d", 0)
    return None


# Numbers


def compact(text):
    return re.sub(r"[\s./_<-]", "", unicodedata.normalize("NFKC", text).upper())


def read_phone(text):
    digits = re.sub(r"[^\d+]", "", text.replace("(0)", ""))
    digits = re.sub("^00", "+", digits)
    return re.sub("^0", "+31", digits)


# Keys


def ends(name):
    return name[0] + name[-1]


def pair(form, given, family):
    return "~".join(sorted([form(given), form(family)]))


def read(raw, tables):
    """The names, the date and the place as keys use them."""
    given_words = name_words(raw.get("givenNames", ""), tables)
    family_words = name_words(raw.get("familyName", ""), tables)
    given = given_words[0] if given_words and len(given_words[0]) > 1 else None
    family = list(dict.fromkeys(family_words[:1] + family_words[-1:]))
    date = read_date(raw["birthDate"]) if raw.get("birthDate") else None
    place = plain_town(raw["place"], tables) if raw.get("place") else None
    return given, family, date, place


def linkage_keys(raw, tables):
    given, family, date, place = read(raw, tables)
    keys = []

    def add(kind, *parts):
        key = "|".join([VERSION, kind, *parts])
        if key not in keys:
            keys.append(key)

    year = month = day = in_order = None
    if date:
        year = f"{date[0]:04}"
        is_full = date[1] > 0 and date[2] > 0 and date[1:] != (1, 1)
        if is_full:
            month, day = f"{date[1]:02}", f"{date[2]:02}"
            in_order = "".join(sorted([month, day]))

    if raw.get("bsn"):
        add("bsn", compact(raw["bsn"]).zfill(9))
    if raw.get("vNumber"):
        add("v-number", re.sub("^V", "", compact(raw["vNumber"])))
    if raw.get("documentNumber"):
        country = compact(raw["documentCountry"])
        add("document", COUNTRIES.get(country, country), compact(raw["documentNumber"]))
    if raw.get("phone"):
        phone = read_phone(raw["phone"])
        add("phone", phone)
        if in_order:
            add("phone-birth-date", phone, year + in_order)
        if date and date[2]:
            add("phone-birth-year", phone, year)

    if in_order:
        for name in family:
            add("family-name-start-birth-date", name[:3], year + in_order)
        for name in family:
            add("family-name-ending-birth-date", name[-3:], year + in_order)
        if given:
            add("given-name-start-birth-day", given[:3], year, day)
            add("given-name-birth-month", skeleton(given), year, month)
            for name in family[:1]:
                add("names-birth-month", pair(skeleton, given, name), year, month, day[-1])
            for name in family:
                sounds = pair(lambda word: skeleton(word)[:2], given, name)
                add("name-sounds-birthday", sounds, year[-1], in_order)
            for name in family:
                add("name-endings-birth-day", pair(lambda w: w[-3:], given, name), year, day)
            for name in family[:1]:
                add("name-ends-birthday", pair(ends, given, name), in_order)
    # Names that very many bear need a full date, and are in no key that does without it.
    rare = [name for name in family if not given or not tables.are_common(given, name)]
    if given and year:
        for name in family if in_order else rare:
            add("name-ends-birth-year", pair(ends, given, name), year)
    if given and not in_order:
        for name in rare if year else []:
            add("name-starts-birth-year", pair(lambda w: w[:2], given, name), year)
        for name in rare if place else []:
            add("name-starts-place", pair(lambda w: w[:3], given, name), place[:3])
        for name in rare if place else []:
            add("name-ends-place", pair(ends, given, name), skeleton(place))
        for name in rare if place else []:
            sounds = pair(lambda word: skeleton(word)[:3], given, name)
            add("name-sounds-place", sounds, ends(place))
    if place and year and not in_order:
        for name in rare:
            add("family-name-start-place-birth-year", name[:3], place[:3], year)
        if given and (rare or not family):
            add("given-name-start-place-birth-year", given[:3], place[:3], year)
    for name in rare if given and (year or place) else []:
        add("names", pair(str, given, name))
    return keys


def main(vectors_file, tables_file):
    tables = Tables(json.loads(Path(tables_file).read_text(encoding="utf-8")))
    vectors = json.loads(Path(vectors_file).read_text(encoding="utf-8"))["vectors"]
    wrong = 0
    for number, vector in enumerate(vectors, start=1):
        made = linkage_keys(vector["raw"], tables)
        if made != vector["keys"]:
            wrong += 1
            print(f"vector {number}: made {made}, published {vector['keys']}", file=sys.stderr)
    print(f"{len(vectors) - wrong} of {len(vectors)} vectors are reproduced")
    return 1 if wrong else 0


if __name__ == "__main__":
    files = sys.argv[1:] or [
        PUBLISHED / f"linkage-keys-{VERSION}.json",
        PUBLISHED / f"name-tables-{VERSION}.json",
    ]
    sys.exit(main(*files))

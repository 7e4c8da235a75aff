"""SQL of the Sirene import: rows are copied aside, compared with what is known, then merged in one statement each.

Everything runs in the caller's transaction, on temporary tables that end with it.
"""

from collections.abc import Iterable

from actors.sirene.establishments import Site
from actors.sirene.names import LegalUnit
from eit_platform.common.text import fold

SITE_COLUMNS = [
    "siret",
    "siren",
    "is_open",
    "name",
    "folded_name",
    "fallback_name",
    "folded_fallback",
    "address",
    "postal_code",
    "commune_id",
    "commune_label",
    "naf_id",
    "naf_2025",
    "headcount_id",
    "headcount_year",
    "is_head_office",
    "latitude",
    "longitude",
    "position_source",
    "diffusion",
    "opened_on",
    "closed_on",
]

CREATE = """
DROP TABLE IF EXISTS sirene_proposal; DROP TABLE IF EXISTS sirene_site; DROP TABLE IF EXISTS sirene_unit;
CREATE TEMP TABLE sirene_site (
    siret varchar(14) PRIMARY KEY, siren varchar(9), is_open boolean,
    name varchar(200), folded_name varchar(200), fallback_name varchar(200), folded_fallback varchar(200),
    address varchar(250), postal_code varchar(10), commune_id varchar(5), commune_label varchar(120),
    naf_id varchar(6), naf_2025 varchar(6), headcount_id varchar(2), headcount_year smallint, is_head_office boolean,
    latitude float8, longitude float8, position_source varchar(10), diffusion varchar(8), opened_on date, closed_on date
) ON COMMIT DROP;
CREATE TEMP TABLE sirene_unit (
    siren varchar(9) PRIMARY KEY, name varchar(200), folded_name varchar(200), acronym varchar(40), legal_category varchar(4)
) ON COMMIT DROP;
"""

# What the démarche would hold after the import. A name known by hand outlives a file without name, a position entered
# by hand outlives the file's, and an optional column that is absent from the file erases nothing.
PROPOSE = """
CREATE TEMP TABLE sirene_proposal ON COMMIT DROP AS
SELECT s.siret, s.siren, e.id AS known_id,
    CASE WHEN s.name <> '' THEN s.name WHEN u.name <> '' THEN u.name
         WHEN NOT e.name_is_fallback THEN e.name ELSE s.fallback_name END AS name,
    CASE WHEN s.name <> '' THEN s.folded_name WHEN u.name <> '' THEN u.folded_name
         WHEN NOT e.name_is_fallback THEN e.folded_name ELSE s.folded_fallback END AS folded_name,
    (s.name = '' AND coalesce(u.name, '') = '' AND coalesce(e.name_is_fallback, true)) AS name_is_fallback,
    CASE WHEN s.address <> '' OR s.diffusion = 'partial' THEN s.address ELSE coalesce(e.address, '') END AS address,
    CASE WHEN s.postal_code <> '' THEN s.postal_code ELSE coalesce(e.postal_code, '') END AS postal_code,
    s.commune_id, s.commune_label, coalesce(s.naf_id, e.naf_id) AS naf_id,
    CASE WHEN s.naf_2025 <> '' THEN s.naf_2025 ELSE coalesce(e.naf_2025, '') END AS naf_2025,
    coalesce(s.headcount_id, e.headcount_id) AS headcount_id,
    coalesce(s.headcount_year, e.headcount_year) AS headcount_year,
    s.is_head_office, s.diffusion, coalesce(s.opened_on, e.opened_on) AS opened_on,
    CASE WHEN keep.position THEN e.latitude ELSE s.latitude END AS latitude,
    CASE WHEN keep.position THEN e.longitude ELSE s.longitude END AS longitude,
    CASE WHEN keep.position THEN e.position_source ELSE s.position_source END AS position_source
FROM sirene_site s
LEFT JOIN actors_establishment e ON e.demarche_id = %s AND e.siret = s.siret AND e.siret <> ''
LEFT JOIN sirene_unit u ON u.siren = s.siren
CROSS JOIN LATERAL (
    SELECT coalesce(e.position_source = 'hand'
        OR (s.position_source <> 'lambert' AND e.position_source IN ('register', 'lambert')), false) AS position
) keep
WHERE s.is_open
"""

COMPARED = [
    "name",
    "folded_name",
    "name_is_fallback",
    "address",
    "postal_code",
    "commune_id",
    "commune_label",
    "naf_id",
    "naf_2025",
    "headcount_id",
    "headcount_year",
    "is_head_office",
    "latitude",
    "longitude",
    "position_source",
    "diffusion",
    "opened_on",
]


def _with_columns(statement: str) -> str:
    """[e] stands for the compared columns of `e`: one list, so that insert, update and comparison can't differ."""
    for prefix in ("e", "p", "t", "excluded"):
        statement = statement.replace(f"[{prefix}]", ", ".join(f"{prefix}.{name}" for name in COMPARED))
    statement = statement.replace("[columns = excluded]", ", ".join(f"{name} = excluded.{name}" for name in COMPARED))
    return statement.replace("[columns]", ", ".join(COMPARED))


COUNT = _with_columns("""
SELECT count(*) FILTER (WHERE p.known_id IS NULL),
    count(*) FILTER (WHERE p.known_id IS NOT NULL AND (e.closed_on IS NOT NULL
        OR ([e]) IS DISTINCT FROM ([p]))),
    count(*) FILTER (WHERE p.name_is_fallback), count(*) FILTER (WHERE p.position_source = 'unknown')
FROM sirene_proposal p LEFT JOIN actors_establishment e ON e.id = p.known_id
""")

COUNT_CLOSING = """
SELECT count(*) FROM sirene_site s JOIN actors_establishment e ON e.demarche_id = %s AND e.siret = s.siret
WHERE NOT s.is_open AND e.closed_on IS NULL
"""

MERGE_ORGANISATIONS = """
INSERT INTO actors_organisation AS t (uuid, created_at, updated_at, version, demarche_id, siren, country, foreign_number, name,
    folded_name, acronym, kind, legal_category, website, source, source_note)
SELECT gen_random_uuid(), now(), now(), 1, %(demarche)s, n.siren, 'FR', '', n.name, n.folded_name, n.acronym,
    CASE WHEN n.legal_category LIKE '7%%' THEN 'collectivite' ELSE 'company' END, n.legal_category, '', 'sirene', %(note)s
FROM (
    SELECT DISTINCT ON (p.siren) p.siren, coalesce(nullif(u.name, ''), o.name, p.name) AS name,
        CASE WHEN u.name <> '' THEN u.folded_name ELSE coalesce(o.folded_name, p.folded_name) END AS folded_name,
        coalesce(nullif(u.acronym, ''), o.acronym, '') AS acronym,
        coalesce(nullif(u.legal_category, ''), o.legal_category, '') AS legal_category
    FROM sirene_proposal p
    LEFT JOIN sirene_unit u ON u.siren = p.siren
    LEFT JOIN actors_organisation o ON o.demarche_id = %(demarche)s AND o.siren = p.siren AND o.siren <> ''
    ORDER BY p.siren, p.is_head_office DESC, p.siret
) n
ON CONFLICT (demarche_id, siren) WHERE NOT (siren = '') DO UPDATE
SET name = excluded.name, folded_name = excluded.folded_name, acronym = excluded.acronym,
    legal_category = excluded.legal_category, version = t.version + 1, updated_at = now()
WHERE (t.name, t.acronym, t.legal_category) IS DISTINCT FROM (excluded.name, excluded.acronym, excluded.legal_category)
"""

MERGE_ESTABLISHMENTS = _with_columns("""
INSERT INTO actors_establishment AS t (uuid, created_at, updated_at, version, demarche_id, organisation_id, siret, country,
    foreign_number, icpe_regime, notes, source, source_note, [columns])
SELECT gen_random_uuid(), now(), now(), 1, %(demarche)s, o.id, p.siret, 'FR', '', '', '', 'sirene', %(note)s,
    [p]
FROM sirene_proposal p JOIN actors_organisation o ON o.demarche_id = %(demarche)s AND o.siren = p.siren
ORDER BY p.siret
ON CONFLICT (demarche_id, siret) WHERE NOT (siret = '') DO UPDATE
SET [columns = excluded], closed_on = NULL, version = t.version + 1,
    updated_at = now()
WHERE t.closed_on IS NOT NULL
    OR ([t]) IS DISTINCT FROM ([excluded])
""")

MERGE_ENGAGEMENTS = """
INSERT INTO actors_engagement (uuid, created_at, updated_at, version, demarche_id, establishment_id, stage, refusal_reason,
    next_step)
SELECT gen_random_uuid(), now(), now(), 1, %(demarche)s, e.id, 'to_contact', '', ''
FROM sirene_proposal p JOIN actors_establishment e ON e.demarche_id = %(demarche)s AND e.siret = p.siret
WHERE NOT EXISTS (SELECT FROM actors_engagement g WHERE g.establishment_id = e.id)
ON CONFLICT (establishment_id) DO NOTHING
"""

CLOSE = """
UPDATE actors_establishment e SET closed_on = coalesce(s.closed_on, %(today)s), version = e.version + 1, updated_at = now()
FROM sirene_site s
WHERE e.demarche_id = %(demarche)s AND e.siret = s.siret AND NOT s.is_open
    AND e.closed_on IS DISTINCT FROM coalesce(s.closed_on, e.closed_on, %(today)s)
"""


def copy_sites(cursor, sites: Iterable[Site]) -> None:
    """Copies the sites aside as they are read: memory does not grow with the file."""
    cursor.execute(CREATE)
    with cursor.copy(f"COPY sirene_site ({', '.join(SITE_COLUMNS)}) FROM STDIN") as copy:
        for site in sites:
            copy.write_row(
                (
                    site.siret,
                    site.siren,
                    site.is_open,
                    site.name,
                    fold(site.name)[:200],
                    site.fallback_name,
                    "" if site.name else fold(site.fallback_name)[:200],
                    site.address,
                    site.postal_code,
                    site.commune,
                    site.commune_label,
                    site.naf,
                    site.naf_2025,
                    site.headcount,
                    site.headcount_year,
                    site.is_head_office,
                    site.latitude,
                    site.longitude,
                    site.position_source,
                    "open" if site.is_diffusible else "partial",
                    site.opened_on,
                    site.closed_on,
                )
            )


def wanted_sirens(cursor) -> set[str]:
    """The companies whose legal name is looked for."""
    cursor.execute("SELECT DISTINCT siren FROM sirene_site WHERE is_open")
    return {row[0] for row in cursor.fetchall()}


def copy_units(cursor, units: Iterable[LegalUnit]) -> None:
    with cursor.copy("COPY sirene_unit (siren, name, folded_name, acronym, legal_category) FROM STDIN") as copy:
        for unit in units:
            copy.write_row((unit.siren, unit.name, fold(unit.name)[:200], unit.acronym, unit.legal_category))


def compare(cursor, demarche_id: int) -> dict[str, int]:
    """What the import would add, change and close."""
    cursor.execute("ANALYZE sirene_site")
    cursor.execute(PROPOSE, [demarche_id])
    cursor.execute("ANALYZE sirene_proposal")
    cursor.execute(COUNT)
    new, changed, unnamed, unplaced = cursor.fetchone()
    cursor.execute(COUNT_CLOSING, [demarche_id])
    return {
        "new": new,
        "changed": changed,
        "unnamed": unnamed,
        "unplaced": unplaced,
        "closing": cursor.fetchone()[0],
    }


def merge(cursor, *, demarche_id: int, note: str, today) -> None:
    """Writes the proposal: rows that would not change are left untouched."""
    values = {"demarche": demarche_id, "note": note, "today": today}
    for statement in (MERGE_ORGANISATIONS, MERGE_ESTABLISHMENTS, MERGE_ENGAGEMENTS, CLOSE):
        cursor.execute(statement, values)

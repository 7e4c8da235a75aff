"""The directory as rows of text, safe to open in a spreadsheet."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(text: object) -> str:
    """The text of a cell; an apostrophe keeps a spreadsheet from reading it as a formula."""
    written = "" if text is None else str(text)
    return f"'{written}" if written.startswith(FORMULA_STARTS) else written


def directory_rows(establishments: Iterable) -> Iterator[list[str]]:
    """A header, then one row per establishment (with its organisation, commune, NAF, headcount and engagement)."""
    yield [
        _("Établissement"),
        _("Organisation"),
        _("SIRET"),
        _("Adresse"),
        _("Code postal"),
        _("Commune"),
        _("Code commune"),
        _("NAF rév. 2"),
        _("Activité"),
        _("NAF 2025"),
        _("Effectifs"),
        _("Étape"),
        _("Acteur moteur depuis"),
        _("Diffusion"),
        _("Latitude"),
        _("Longitude"),
        _("Origine de la position"),
    ]
    for site in establishments:
        engagement = getattr(site, "engagement", None)
        flagged = engagement is not None and engagement.is_driving
        cells = [
            site.name,
            site.organisation.name,
            site.siret,
            site.address,
            site.postal_code,
            site.commune.name if site.commune else site.commune_label,
            site.commune_id,
            site.naf_id,
            site.naf.label if site.naf else "",
            site.naf_2025,
            site.headcount.label if site.headcount else "",
            engagement.get_stage_display() if engagement else "",
            engagement.driving_since.isoformat() if flagged else "",
            site.get_diffusion_display(),
            _decimal(site.latitude),
            _decimal(site.longitude),
            site.get_position_source_display(),
        ]
        yield [neutral(cell) for cell in cells]


def _decimal(value: float | None) -> str:
    """Degrees with a decimal comma, as a French spreadsheet reads them."""
    return "" if value is None else f"{value:.6f}".replace(".", ",")

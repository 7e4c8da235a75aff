"""Verbs on establishments: add one, change its sheet."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from actors.enums import Diffusion, PositionSource, Source
from actors.models import Engagement, Establishment, Organisation
from eit_platform.common.exceptions import BusinessError
from eit_platform.common.scoping import save_version
from eit_platform.common.text import fold
from operations.audit import record

EDITABLE = (
    "name",
    "address",
    "postal_code",
    "commune",
    "commune_label",
    "naf",
    "naf_2025",
    "headcount_id",
    "headcount_year",
    "latitude",
    "longitude",
    "position_source",
    "icpe_regime",
    "surface_m2",
    "notes",
)
TAKEN = (*EDITABLE, "siret", "is_head_office", "diffusion", "opened_on", "source")


def placed(values: dict, *, commune) -> dict:
    """Latitude, longitude and what says so: given, else the commune's point, else unknown."""
    if values.get("latitude") is not None and values.get("longitude") is not None:
        return {
            "latitude": values["latitude"],
            "longitude": values["longitude"],
            "position_source": values.get("position_source") or PositionSource.HAND,
        }
    if commune is not None and commune.latitude is not None:
        return {"latitude": commune.latitude, "longitude": commune.longitude, "position_source": PositionSource.COMMUNE}
    return {"latitude": None, "longitude": None, "position_source": PositionSource.UNKNOWN}


@transaction.atomic
def add_establishment(*, demarche, actor, values: dict) -> Establishment:
    """Adds one site, its organisation when it is new, and its engagement at « à contacter ».

    `values` holds the columns of the establishment, and `legal_name`, `acronym`, `legal_category`, `kind` of the
    organisation. Raises BusinessError when the SIRET is already in the démarche, or when nothing names the site.
    """
    siret, name = values.get("siret", ""), values.get("name", "").strip()
    if not name:
        raise BusinessError(_("Donnez un nom à cet établissement."), code="no_name", field="name")
    if siret:
        known = Establishment.objects.filter(demarche=demarche, siret=siret).first()
        if known is not None:
            message = _("Cet établissement est déjà dans la démarche : %(name)s.") % {"name": known.name}
            raise BusinessError(message, code="already_known", field="siret")
    commune = values.get("commune")
    columns = {key: values[key] for key in TAKEN if values.get(key) not in (None, "")}
    columns |= placed(values, commune=commune) | {"name": name[:200], "folded_name": fold(name)[:200]}
    columns.setdefault("commune_label", commune.name if commune else "")
    try:
        with transaction.atomic():
            site = Establishment.objects.create(
                demarche=demarche, organisation=_organisation(demarche, siret[:9], name, values), **columns
            )
    except IntegrityError as error:
        raise BusinessError(
            _("Cet établissement vient d’être ajouté par quelqu’un d’autre."), code="already_known", field="siret"
        ) from error
    Engagement.objects.create(demarche=demarche, establishment=site)
    record(
        verb="establishment.added",
        summary=_("Établissement ajouté : %(name)s") % {"name": site.name},
        actor=actor,
        demarche=demarche,
        target=site,
        data={"siret": siret, "source": site.source},
    )
    return site


def _organisation(demarche, siren: str, name: str, values: dict) -> Organisation:
    legal_name = (values.get("legal_name") or name).strip()[:200]
    fields = {
        "name": legal_name,
        "folded_name": fold(legal_name)[:200],
        "acronym": values.get("acronym", "")[:40],
        "legal_category": values.get("legal_category", "")[:4],
        "source": values.get("source") or Source.HAND,
    }
    if values.get("kind"):
        fields["kind"] = values["kind"]
    if not siren:
        return Organisation.objects.create(demarche=demarche, **fields)
    return Organisation.objects.get_or_create(demarche=demarche, siren=siren, defaults=fields)[0]


@transaction.atomic
def change_establishment(*, establishment: Establishment, actor, version: int, values: dict) -> Establishment:
    """Changes the sheet of a site; a name given by hand is no longer a fallback. Raises StaleVersion, BusinessError."""
    name = values.get("name", establishment.name).strip()
    if not name:
        raise BusinessError(_("Donnez un nom à cet établissement."), code="no_name", field="name")
    before = {key: getattr(establishment, key) for key in EDITABLE}
    for key in EDITABLE:
        if key in values and not key.startswith(("latitude", "longitude", "position")):
            setattr(establishment, key, values[key])
    moved = (values.get("latitude"), values.get("longitude")) != (before["latitude"], before["longitude"])
    if "latitude" in values and (moved or before["commune"] != establishment.commune):
        keeps_old_point = not moved and before["position_source"] == PositionSource.COMMUNE
        given = {} if keeps_old_point else {"latitude": values["latitude"], "longitude": values["longitude"]}
        for key, value in placed(given, commune=establishment.commune).items():
            setattr(establishment, key, value)
    fields = [*EDITABLE, "folded_name", "name_is_fallback"]
    if name != before["name"]:
        establishment.name_is_fallback = False
    establishment.name, establishment.folded_name = name[:200], fold(name)[:200]
    save_version(establishment, version=version, fields=fields)
    changed = [key for key in EDITABLE if before[key] != getattr(establishment, key)]
    record(
        verb="establishment.changed",
        summary=_("Fiche modifiée : %(name)s") % {"name": establishment.name},
        actor=actor,
        demarche=establishment.demarche,
        target=establishment,
        data={"fields": changed},
    )
    return establishment


def values_of(entry) -> dict:
    """The values of a sheet from an entry of the register; what it hides stays empty."""
    return {
        "siret": entry.siret,
        "name": entry.name,
        "legal_name": entry.legal_name,
        "acronym": entry.acronym,
        "legal_category": entry.legal_category,
        "address": entry.address,
        "postal_code": entry.postal_code,
        "commune": entry.commune_code,
        "commune_label": entry.commune_label,
        "naf": entry.naf,
        "naf_2025": entry.naf_2025,
        "headcount": entry.headcount,
        "headcount_year": entry.headcount_year,
        "latitude": entry.latitude,
        "longitude": entry.longitude,
        "diffusion": Diffusion.OPEN if entry.is_diffusible else Diffusion.PARTIAL,
        "opened_on": entry.opened_on,
    }

"""Client of the public API Recherche d'entreprises (annuaire des entreprises, Licence Ouverte).

One call per SIRET. Every text of the answer is data: it is checked before it is used, and the names of directors are
never read. Refusals are BusinessError in French, so that the form says what happens and stays usable by hand.
"""

import datetime
import json
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from actors.sirene.validation import CellError, clean_date, clean_naf, clean_siret, known
from eit_platform.common.exceptions import BusinessError

MAX_ANSWER = 2 * 1024 * 1024
CONNECT_TIMEOUT = 3.05
WAIT_AT_MOST = 2.0
DEFAULT_RETRY = 5
BUSY_KEY = "actors.register.busy_until"


class RegisterError(BusinessError):
    """The register cannot answer now."""

    def __init__(self, message: str, *, code: str):
        super().__init__(message, code=code, field="siret")


class RegisterUnavailable(RegisterError):
    """Down, too slow, or answering something else than expected."""

    status_code = 503

    def __init__(self):
        super().__init__(
            _("Le service public d’annuaire ne répond pas. Remplissez la fiche à la main, ou réessayez plus tard."),
            code="register_unavailable",
        )


class RegisterBusy(RegisterError):
    """Too many calls; `retry_after` is in seconds."""

    status_code = 503

    def __init__(self, retry_after: int):
        super().__init__(
            _(
                "Le service public d’annuaire est très demandé : réessayez dans %(seconds)s\u00a0s, "
                "ou remplissez la fiche à la main."
            )
            % {"seconds": retry_after},
            code="register_busy",
        )
        self.retry_after = retry_after


class SiretNotFound(RegisterError):
    """The register knows no such establishment."""

    status_code = 404

    def __init__(self):
        super().__init__(
            _("Ce SIRET est bien formé mais l’annuaire ne le connaît pas. Vérifiez-le, ou remplissez la fiche à la main."),
            code="siret_not_found",
        )


class SiretRefused(RegisterError):
    """The number itself is wrong."""


@dataclass(frozen=True)
class RegisterEntry:
    """What we keep of an establishment. Position in WGS84 degrees; codes as in the Sirene register."""

    siret: str
    siren: str
    name: str
    legal_name: str
    acronym: str
    legal_category: str
    address: str
    postal_code: str
    commune_code: str
    commune_label: str
    naf: str
    naf_2025: str
    headcount: str
    headcount_year: int | None
    is_head_office: bool
    latitude: float | None
    longitude: float | None
    is_diffusible: bool
    opened_on: datetime.date | None
    closed_on: datetime.date | None
    is_open: bool


def checked_siret(text: str) -> str:
    """The 14 digits of a typed SIRET. Raises SiretRefused, which says what is wrong: length, character or key."""
    try:
        return clean_siret(text.strip())
    except CellError as error:
        raise SiretRefused(_("Il faut %(expected)s.") % {"expected": error.expected}, code="invalid_siret") from None


def look_up(siret: str) -> RegisterEntry:
    """The establishment of that SIRET. Raises SiretRefused, SiretNotFound, RegisterBusy or RegisterUnavailable."""
    siret = checked_siret(siret)
    results = _search(siret).get("results")
    if not isinstance(results, list):
        raise RegisterUnavailable
    try:
        for company in results:
            for site in [*(company.get("matching_etablissements") or []), company.get("siege") or {}]:
                if site.get("siret") == siret:
                    return _entry(company, site)
    except (AttributeError, TypeError, ValueError) as error:
        raise RegisterUnavailable from error
    raise SiretNotFound


def _search(siret: str) -> dict:
    """The JSON answer; waits once when the service asks for a short pause, no redirection is followed."""
    busy_until = cache.get(BUSY_KEY)
    if busy_until and (left := busy_until - time.time()) > 0:
        raise RegisterBusy(int(left) + 1)
    for attempt in (1, 2):
        status, retry_after, body = _get(siret)
        if status != 429:
            break
        if attempt == 2 or retry_after > WAIT_AT_MOST:
            cache.set(BUSY_KEY, time.time() + retry_after, timeout=retry_after + 1)
            raise RegisterBusy(retry_after)
        time.sleep(retry_after)
    if status != 200:
        raise RegisterUnavailable
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise RegisterUnavailable from error
    if not isinstance(answer, dict):
        raise RegisterUnavailable
    return answer


def _get(siret: str) -> tuple[int, int, bytes]:
    """Status, seconds to wait, body (capped, within COMPANY_API_TIMEOUT in all)."""
    url = f"{settings.COMPANY_API_URL}/search"
    deadline = time.monotonic() + settings.COMPANY_API_TIMEOUT
    try:
        with requests.Session() as session:
            session.trust_env = urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1")
            response = session.get(
                url,
                params={"q": siret, "page": 1, "per_page": 5},
                headers={"User-Agent": settings.OUTGOING_USER_AGENT, "Accept": "application/json"},
                timeout=(CONNECT_TIMEOUT, settings.COMPANY_API_TIMEOUT),
                allow_redirects=False,
                stream=True,
            )
            body = b""
            with response:
                for chunk in response.iter_content(64 * 1024):
                    body += chunk
                    if len(body) > MAX_ANSWER or time.monotonic() > deadline:
                        raise RegisterUnavailable
    except requests.RequestException as error:
        raise RegisterUnavailable from error
    return response.status_code, _seconds(response.headers.get("Retry-After", "")), body


def _seconds(header: str) -> int:
    return min(max(int(header), 1), 3600) if header.isdecimal() else DEFAULT_RETRY


def _entry(company: dict, site: dict) -> RegisterEntry:
    diffusible = site.get("statut_diffusion_etablissement") in (None, "", "O") and company.get("statut_diffusion") in (
        None,
        "",
        "O",
    )
    legal_name = _text(company.get("nom_raison_sociale")) or _text(company.get("nom_complet"))
    signs = [_text(sign) for sign in site.get("liste_enseignes") or [] if _text(sign)]
    latitude, longitude = _degrees(site.get("latitude"), 90), _degrees(site.get("longitude"), 180)
    placed = diffusible and latitude is not None and longitude is not None
    return RegisterEntry(
        siret=site["siret"],
        siren=site["siret"][:9],
        name=(_text(site.get("nom_commercial")) or next(iter(signs), "") or legal_name)[:200],
        legal_name=legal_name[:200],
        acronym=_text(company.get("sigle"))[:40],
        legal_category=_text(company.get("nature_juridique"))[:4],
        address=_street(site) if diffusible else "",
        postal_code=_text(site.get("code_postal"))[:10],
        commune_code=_text(site.get("commune"))[:5],
        commune_label=_text(site.get("libelle_commune"))[:120],
        naf=_code(site.get("activite_principale")),
        naf_2025=_code(site.get("activite_principale_naf25")),
        headcount=_text(site.get("tranche_effectif_salarie"))[:2],
        headcount_year=_year(site.get("annee_tranche_effectif_salarie")),
        is_head_office=site.get("est_siege") is True,
        latitude=latitude if placed else None,
        longitude=longitude if placed else None,
        is_diffusible=diffusible,
        opened_on=_date(site.get("date_creation")),
        closed_on=_date(site.get("date_fermeture")),
        is_open=site.get("etat_administratif") != "F",
    )


def _text(value) -> str:
    """A text of the answer, nothing when it is missing or hidden."""
    return "" if value is None or "[NON-DIFFUSIBLE]" in str(value) else known(str(value).strip())


def _street(site: dict) -> str:
    """The address without the postal code and the town, which have their own fields."""
    address, postal_code = _text(site.get("adresse")), _text(site.get("code_postal"))
    head, found, _tail = address.rpartition(f" {postal_code} ") if postal_code else (address, "", "")
    return (head if found else address)[:250]


def _degrees(value, most: float) -> float | None:
    try:
        degrees = float(value)
    except (TypeError, ValueError):
        return None
    return round(degrees, 6) if -most <= degrees <= most else None


def _code(value) -> str:
    try:
        return clean_naf(_text(value))
    except CellError:
        return ""


def _date(value) -> datetime.date | None:
    try:
        return clean_date(_text(value))
    except CellError:
        return None


def _year(value) -> int | None:
    text = _text(value)
    return int(text) if text.isdecimal() and len(text) == 4 else None

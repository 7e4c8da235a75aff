"""Titles that conclude: one sentence from the figures, for the dashboard and the report alike. Pure but for translation."""

import itertools

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eit_platform.common.formats import number, quantity

OPERATIONAL_RANK = 5


def _count(n: int) -> str:
    return number(n, 0)


def mobilisation(total: int, engaged: int) -> str:
    if not total:
        return _("Aucun établissement n’est encore connu")
    if not engaged:
        return _("Aucun établissement n’est encore engagé")
    return ngettext("Un établissement engagé sur %(total)s", "%(engaged)s établissements engagés sur %(total)s", engaged) % {
        "engaged": _count(engaged),
        "total": _count(total),
    }


def engagement_pace(added: int) -> str:
    if not added:
        return _("Aucun engagement nouveau en douze mois")
    return ngettext("Un engagement nouveau en douze mois", "%(n)s engagements nouveaux en douze mois", added) % {
        "n": _count(added)
    }


def flows(offers: int, needs: int) -> str:
    if not offers and not needs:
        return _("Aucun flux n’est encore déclaré")
    if not needs:
        return _("Des offres, mais aucun besoin en face")
    if not offers:
        return _("Des besoins, mais aucune offre en face")
    ratio = offers / needs
    if ratio >= 1.5:
        return _("Bien plus d’offres (%(offers)s) que de besoins (%(needs)s)") % _pair(offers, needs)
    if ratio <= 1 / 1.5:
        return _("Bien plus de besoins (%(needs)s) que d’offres (%(offers)s)") % _pair(offers, needs)
    return _("Offres (%(offers)s) et besoins (%(needs)s) s’équilibrent") % _pair(offers, needs)


def _pair(offers: int, needs: int) -> dict:
    return {"offers": _count(offers), "needs": _count(needs)}


def leads(total: int, waiting: int, kept: int) -> str:
    if not total:
        return _("Aucune piste n’est encore apparue")
    if waiting * 2 > total:
        return _("%(waiting)s pistes sur %(total)s attendent un tri") % {"waiting": _count(waiting), "total": _count(total)}
    return ngettext("Une piste gardée sur %(total)s", "%(kept)s pistes gardées sur %(total)s", kept) % {
        "kept": _count(kept),
        "total": _count(total),
    }


def funnel(rows) -> str:
    """`rows`: (label, count, is_bottleneck) by stage. Says how many arrive."""
    first, last = rows[0][1], rows[OPERATIONAL_RANK - 1][1]
    if not first:
        return _("Aucune synergie n’est encore suivie")
    if not last:
        return _("Aucune synergie n’est encore allée jusqu’à la mise en œuvre")
    one_in = first / last
    if one_in < 1.5:
        return _("Les synergies suivies vont presque toutes jusqu’à la mise en œuvre")
    return _("Une synergie sur %(n)d va jusqu’à la mise en œuvre") % {"n": round(one_in)}


def bottleneck(rows) -> str:
    """Where most synergies stop; empty when nothing says so."""
    for (label, _before, blocked), following in itertools.pairwise(rows):
        if blocked:
            return _("Le passage de « %(before)s » à « %(after)s » est le plus difficile.") % {
                "before": label,
                "after": following[0],
            }
    return ""


def reasons(rows: list[tuple[str, int]]) -> str:
    """`rows`: (reason, count), most frequent first."""
    if not rows:
        return _("Aucune synergie n’a été abandonnée")
    total = sum(count for _label, count in rows)
    return ngettext(
        "Une synergie abandonnée, motif %(reason)s", "%(total)s synergies abandonnées, d’abord pour un motif %(reason)s", total
    ) % {"total": _count(total), "reason": rows[0][0]}


def impacts(realised: dict[str, object]) -> str:
    """`realised`: value by indicator code, None or 0 when nothing is. Names the heaviest facts, negative ones included."""
    tonnes = sum(realised.get(code) or 0 for code in ("waste_avoided", "waste_diverted"))
    carbon, savings = realised.get("co2_avoided"), realised.get("savings")
    parts = []
    if tonnes:
        parts.append(_("%(value)s de déchets évités ou détournés") % {"value": quantity(tonnes, "t")})
    if carbon and carbon > 0:
        parts.append(_("%(value)s évitées") % {"value": quantity(carbon, "tCO2e")})
    if carbon and carbon < 0:
        parts.append(_("%(value)s ajoutées, et non évitées") % {"value": quantity(-carbon, "tCO2e")})
    if savings:
        parts.append(_("%(value)s d’économies") % {"value": quantity(savings, "k€")})
    if not parts:
        return _("Aucun effet n’est encore constaté")
    return _("Constaté : %(facts)s") % {"facts": ", ".join(parts)}


def objectives(below: list[str], judged: int) -> str:
    """`below`: labels under their trajectory; `judged`: how many have one."""
    if not judged:
        return _("Aucun objectif n’a encore de cible")
    if not below:
        return _("Les objectifs sont sur leur trajectoire")
    if len(below) == judged and judged > 1:
        return _("Tous les objectifs sont sous leur trajectoire")
    return _("%(label)s : sous la trajectoire") % {"label": below[0]}


def elected(operational: int, target: int | None, verdict: str) -> str:
    """The one sentence of the élu(e)'s page."""
    if not operational:
        return _("Aucune synergie ne fonctionne encore.")
    start = ngettext("Une synergie fonctionne", "%(n)s synergies fonctionnent", operational) % {"n": _count(operational)}
    if verdict == "reached":
        return _("%(start)s : l’objectif est atteint.") % {"start": start}
    if verdict == "on_track":
        return _("%(start)s : la démarche avance comme prévu.") % {"start": start}
    if verdict == "below" and target:
        return _("%(start)s sur %(target)s attendues : il faut accélérer.") % {
            "start": start,
            "target": _count(target),
        }
    return f"{start}."

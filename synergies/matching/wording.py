"""The French words of the explanations: one table for each thing that the engine can say."""

from collections.abc import Mapping

from synergies.matching.types import (
    Certainty,
    CheckCode,
    CheckStatus,
    MissingCode,
    PartCode,
    PhysicalState,
    ReasonCode,
    Side,
)

GOOD_FROM = 0.7
WARN_BELOW = 0.4
FULL_COVER_RATIO = 1.1
TITLES: Mapping[PartCode, str] = {
    PartCode.RESOURCE: "Ressource",
    PartCode.QUANTITY: "Quantité",
    PartCode.DISTANCE: "Distance",
    PartCode.FITNESS: "Forme et qualité",
    PartCode.SEASON: "Saison",
    PartCode.FRESHNESS: "Fiabilité des données",
}
COVER_BANDS = (
    (0.95, 1.0, "L’offre couvre le besoin."),
    (0.5, 0.75, "L’offre couvre une bonne part du besoin."),
    (0.0, 0.25, "L’offre ne couvre qu’une part du besoin."),
)
MONTH_BANDS = (
    (9, 1.0, "La plus grande partie de l’année en commun."),
    (5, 0.5, "Une partie de l’année en commun."),
    (1, 0.25, "Quelques mois en commun."),
    (0, 0.0, "Aucun mois en commun."),
)
DISTANCE_BANDS_KM = (5, 10, 20, 50, 100, 200)
CERTAINTY_WORDS: Mapping[str, str] = {
    Certainty.MEASURED: "mesurées",
    Certainty.ESTIMATED: "estimées",
    Certainty.RATIO: "déduites d’un ratio de secteur",
}
STATE_WORDS: Mapping[str, str] = {
    PhysicalState.SOLID: "solide",
    PhysicalState.LIQUID: "liquide",
    PhysicalState.GAS: "gazeux",
    PhysicalState.PASTE: "pâteux",
}
SUBJECTS: Mapping[MissingCode, str] = {
    MissingCode.POSITION: "la position n’est pas connue",
    MissingCode.QUANTITY: "la quantité n’est pas connue",
    MissingCode.YIELD: "les deux quantités ne se comparent pas directement, le rendement de la transformation manque",
    MissingCode.SEASON: "les mois d’activité ne sont pas connus",
    MissingCode.STATE: "la forme (solide, liquide…) n’est pas connue",
    MissingCode.TEMPERATURE: "la température n’est pas connue",
    MissingCode.HAZARD: "le caractère dangereux n’est pas précisé",
    MissingCode.QUALITY: "la qualité demandée n’est pas confirmée",
    MissingCode.RESOURCE: "la ressource est décrite trop largement",
}
ASKED: Mapping[Side, str] = {
    Side.OFFER: "à demander à l’offreur",
    Side.NEED: "à demander au demandeur",
    Side.BOTH: "à demander aux deux parties",
}
PART_OF: Mapping[MissingCode, PartCode] = {
    MissingCode.POSITION: PartCode.DISTANCE,
    MissingCode.QUANTITY: PartCode.QUANTITY,
    MissingCode.YIELD: PartCode.QUANTITY,
    MissingCode.SEASON: PartCode.SEASON,
    MissingCode.STATE: PartCode.FITNESS,
    MissingCode.TEMPERATURE: PartCode.FITNESS,
    MissingCode.HAZARD: PartCode.FITNESS,
    MissingCode.QUALITY: PartCode.FITNESS,
    MissingCode.RESOURCE: PartCode.RESOURCE,
}
CHECK_WORDS: Mapping[tuple[CheckCode, CheckStatus], str] = {
    (CheckCode.STATE, CheckStatus.MET): "même forme",
    (CheckCode.STATE, CheckStatus.CLOSE): "formes voisines, à vérifier (l’une est pâteuse)",
    (CheckCode.STATE, CheckStatus.TRANSFORMATION): "formes différentes, à transformer",
    (CheckCode.TEMPERATURE, CheckStatus.MET): "température suffisante",
    (CheckCode.TEMPERATURE, CheckStatus.TRANSFORMATION): "température insuffisante sans transformation",
    (CheckCode.HAZARD, CheckStatus.MET): "pas d’obstacle lié au danger",
    (CheckCode.QUALITY, CheckStatus.MET): "qualité demandée garantie",
}
LIMITS: Mapping[ReasonCode, str] = {
    ReasonCode.TOO_FAR: "de ce qui est raisonnable pour cette ressource",
    ReasonCode.BEYOND_OFFER_LIMIT: "de la limite fixée par l’offreur",
    ReasonCode.BEYOND_NEED_LIMIT: "de la limite fixée par le demandeur",
}
REASONS: Mapping[ReasonCode, str] = {
    ReasonCode.DIRECTION: "Il faut une offre et un besoin.",
    ReasonCode.SAME_ESTABLISHMENT: "L’offre et le besoin viennent du même établissement.",
    ReasonCode.CONFIDENTIALITY: "L’un des deux flux est réservé à sa démarche.",
    ReasonCode.RESOURCE: "Aucun usage connu ne relie les deux ressources.",
    ReasonCode.TOO_FAR: "La distance dépasse ce qui est raisonnable pour cette ressource.",
    ReasonCode.BEYOND_OFFER_LIMIT: "La distance dépasse la limite fixée par l’offreur.",
    ReasonCode.BEYOND_NEED_LIMIT: "La distance dépasse la limite fixée par le demandeur.",
    ReasonCode.STATE: "La forme offerte n’est pas celle demandée, et aucune transformation n’est connue.",
    ReasonCode.TEMPERATURE: "La température offerte ne convient pas, et aucune transformation n’est connue.",
    ReasonCode.HAZARD: "L’offre est dangereuse et le besoin n’accepte rien de dangereux.",
    ReasonCode.FOOD_GRADE: "Le besoin demande une qualité alimentaire, l’offre est un déchet.",
    ReasonCode.DATES: "Les périodes de disponibilité ne se recouvrent pas.",
    ReasonCode.EXPIRED: "L’un des deux flux n’est plus disponible.",
}

"""Columns of the Sirene stock files that we read, as INSEE names them.

StockEtablissement has 54 of them; the others are ignored, in any order. Source: INSEE, « Dessin de fichier » of the
monthly stock files.
"""

SIRET = "siret"
STATE = "etatAdministratifEtablissement"
COMMUNE = "codeCommuneEtablissement"
COMMUNE_LABEL = "libelleCommuneEtablissement"
POSTAL_CODE = "codePostalEtablissement"
ACTIVITY = "activitePrincipaleEtablissement"
ACTIVITY_VERSION = "nomenclatureActivitePrincipaleEtablissement"
ACTIVITY_2025 = "activitePrincipaleNAF25Etablissement"
USUAL_NAME = "denominationUsuelleEtablissement"
SIGNS = ("enseigne1Etablissement", "enseigne2Etablissement", "enseigne3Etablissement")
DIFFUSION = "statutDiffusionEtablissement"
CREATED_ON = "dateCreationEtablissement"
PERIOD_STARTS_ON = "dateDebut"
HEADCOUNT = "trancheEffectifsEtablissement"
HEADCOUNT_YEAR = "anneeEffectifsEtablissement"
HEAD_OFFICE = "etablissementSiege"
ADDRESS = (
    "complementAdresseEtablissement",
    "numeroVoieEtablissement",
    "indiceRepetitionEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
)
LAMBERT_X = "coordonneeLambertAbscisseEtablissement"
LAMBERT_Y = "coordonneeLambertOrdonneeEtablissement"

ESTABLISHMENT_REQUIRED = (SIRET, STATE, COMMUNE, ACTIVITY, USUAL_NAME)
ESTABLISHMENT_OPTIONAL = (
    COMMUNE_LABEL,
    POSTAL_CODE,
    ACTIVITY_VERSION,
    ACTIVITY_2025,
    *SIGNS,
    DIFFUSION,
    CREATED_ON,
    PERIOD_STARTS_ON,
    HEADCOUNT,
    HEADCOUNT_YEAR,
    HEAD_OFFICE,
    *ADDRESS,
    LAMBERT_X,
    LAMBERT_Y,
)

SIREN = "siren"
UNIT_DIFFUSION = "statutDiffusionUniteLegale"
LEGAL_NAME = "denominationUniteLegale"
ACRONYM = "sigleUniteLegale"
LEGAL_CATEGORY = "categorieJuridiqueUniteLegale"
USUAL_FIRST_NAME = "prenomUsuelUniteLegale"
FIRST_NAME = "prenom1UniteLegale"
LAST_NAME = "nomUniteLegale"
USED_NAME = "nomUsageUniteLegale"

UNIT_REQUIRED = (SIREN, LEGAL_NAME)
UNIT_OPTIONAL = (UNIT_DIFFUSION, ACRONYM, LEGAL_CATEGORY, USUAL_FIRST_NAME, FIRST_NAME, LAST_NAME, USED_NAME)

from actors.models.imports import SireneImport
from actors.models.mobilisation import CompanyAccess, Contact, Engagement, Interaction
from actors.models.nomenclature import HeadcountBand, NafCode, NafDivision
from actors.models.organisations import Establishment, Organisation

__all__ = [
    "CompanyAccess",
    "Contact",
    "Engagement",
    "Establishment",
    "HeadcountBand",
    "Interaction",
    "NafCode",
    "NafDivision",
    "Organisation",
    "SireneImport",
]

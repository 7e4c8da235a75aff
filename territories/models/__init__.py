from territories.models.demarches import Demarche, DemarcheOwned, Network
from territories.models.people import ApiToken, Invitation, Membership, User
from territories.models.places import Commune, Department, Epci

__all__ = [
    "ApiToken",
    "Commune",
    "Demarche",
    "DemarcheOwned",
    "Department",
    "Epci",
    "Invitation",
    "Membership",
    "Network",
    "User",
]

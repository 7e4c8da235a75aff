"""The people who open the demonstration: one account per role, the same passphrase for all."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from actors.models import CompanyAccess
from eit_platform.common.text import fold
from eit_platform.demonstration.companies import Site
from territories.enums import Role
from territories.models import Demarche, Membership, Network, User

PASSWORD = "une-boucle-apres-l-autre"  # noqa: S105 – printed by the command, for invented people only
DOMAIN = "demo.example"
COMPANY = "Biscuiterie Exemple"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the demonstration, and what is worth looking at with that account."""

    key: str
    role: str
    first_name: str
    last_name: str
    look: str

    @property
    def email(self) -> str:
        return f"{fold(self.first_name)}.{fold(self.last_name)}@{DOMAIN}"


ACCOUNTS = (
    Account("manager", "chargée de mission", "Camille", "Exemple", "la semaine, les pistes, les synergies, le rapport annuel"),
    Account("colleague", "collègue", "Sacha", "Modèle", "les mêmes pages, sans les flux privés"),
    Account("elected", "élu référent", "Dominique", "Fictif", "le tableau de bord, sur un téléphone"),
    Account("partner", "partenaire financeur", "Alix", "Témoin", "l’annuaire, les flux publics, les rapports figés"),
    Account("company", "entreprise", "Charlie", "Imaginaire", f"les flux et les synergies de {COMPANY}"),
    Account("network", "animation du réseau", "Morgan", "Factice", "les démarches du réseau, sans donnée confidentielle"),
    Account("operator", "exploitant", "Noa", "Fictif", "l’ouverture des démarches, sans donnée métier"),
)


def load(region: Network, demarche: Demarche, documentary: list[Demarche], joined) -> dict[str, User]:
    """Opens the accounts and gives each its role since `joined`; returns the people by key."""
    people = {account.key: _user(account, joined) for account in ACCOUNTS}
    Membership.objects.bulk_create(
        [
            Membership(user=people["manager"], demarche=demarche, role=Role.MANAGER),
            *(Membership(user=people["manager"], demarche=other, role=Role.COLLEAGUE) for other in documentary),
            Membership(user=people["colleague"], demarche=demarche, role=Role.COLLEAGUE),
            Membership(user=people["elected"], demarche=demarche, role=Role.ELECTED),
            Membership(user=people["partner"], demarche=demarche, role=Role.PARTNER),
            Membership(user=people["company"], demarche=demarche, role=Role.COMPANY),
            Membership(user=people["network"], network=region, role=Role.NETWORK),
        ]
    )
    return people


def open_company(demarche: Demarche, people: dict[str, User], sites: list[Site]) -> None:
    """Lets the company's person act for its site."""
    site = next(site for site in sites if site.name == COMPANY)
    membership = Membership.objects.get(user=people["company"], demarche=demarche)
    CompanyAccess.objects.create(demarche=demarche, membership=membership, establishment=site.establishment)


def table() -> str:
    """The accounts, aligned for a terminal."""
    lines = [("Rôle", "Adresse", "À voir")] + [(account.role, account.email, account.look) for account in ACCOUNTS]
    widths = [max(len(line[column]) for line in lines) for column in range(2)]
    shown = [f"  {role:<{widths[0]}}  {email:<{widths[1]}}  {look}" for role, email, look in lines]
    return "\n".join(
        ["Comptes de démonstration, personnes et entreprises fictives", *shown, f"  Mot de passe de tous : {PASSWORD}"]
    )


def _user(account: Account, joined) -> User:
    user = User.objects.create_user(
        account.email,
        PASSWORD,
        first_name=account.first_name,
        last_name=account.last_name,
        is_operator=account.key == "operator",
        date_joined=joined,
    )
    EmailAddress.objects.create(user=user, email=account.email, verified=True, primary=True)
    return user

"""The next step of each open synergy: some late, some for this week, some waited for, some forgotten."""

from datetime import timedelta
from itertools import cycle

from eit_platform.demonstration.days import Days
from synergies.enums import SILENCE_DAYS, SynergyStage
from synergies.models import JournalEntry
from synergies.models.followup import JournalKind

# What is due this week is five days ahead at most: a week-end moves it to Monday.
LATE, WEEK, WAITING, LATER, SILENT = "late", "week", "waiting", "later", "silent"
WRITTEN = {  # key of the exchange: what comes next, when (days from the load), whose answer is awaited
    "biscuits": (LATE, "Rappeler Biscuiterie Exemple sur l’analyse des matières grasses", -6, ""),
    "rebroye": (LATE, "Envoyer la fiche de lot à Injection Imaginaire", -3, ""),
    "ecorces": (WEEK, "Préparer l’essai de combustion avec Chaufferie Fictive", 2, ""),
    "co2": (WEEK, "Réunir les deux sites sur le prix du transport en citerne", 4, ""),
    "chaleur": (WAITING, "Obtenir l’accord de raccordement", 9, "Serres Exemple"),
    "rincage": (WAITING, "Recevoir l’analyse des matières en suspension", 6, "le laboratoire d’analyses"),
    "froid": (SILENT, "", 0, ""),
    "carton": (LATER, "Relever les tonnages du trimestre", 24, ""),
    "legumes": (LATER, "Dresser le bilan de la campagne de légumes", 38, ""),
    "sciure": (LATER, "Vérifier le tonnage de l’année avec Granulés Imaginaire", 31, ""),
    "energie": (LATER, "Préparer la reconduction avec les quatre sites", 61, ""),
}
DRAWN = {
    SynergyStage.LEAD: (
        (WEEK, "Appeler les deux sites pour confirmer les quantités", 3, ""),
        (LATER, "Demander la composition au site donneur", 16, ""),
        (LATER, "Vérifier l’accès camion", 22, ""),
        (LATE, "Demander une photo du stockage", -8, ""),
        (WAITING, "Savoir si l’offre tient encore", 11, "le site donneur"),
        (LATER, "Comparer avec le coût de la filière actuelle", 30, ""),
        (SILENT, "", 0, ""),
        (LATER, "Parler de cette piste au club d’entreprises", 13, ""),
        (LATER, "Chercher un troisième participant", 27, ""),
        # Nine more, so that no step is told twice among the leads.
        (LATER, "Peser une benne pour fixer le tonnage", 18, ""),
        (WEEK, "Proposer une date de visite aux deux sites", 4, ""),
        (LATER, "Relire le contrat du collecteur actuel", 21, ""),
        (WAITING, "Obtenir l’avis de la maintenance", 12, "le site preneur"),
        (LATER, "Mesurer la saison sur douze mois", 36, ""),
        (LATER, "Demander un prix de transport", 25, ""),
        (SILENT, "", 0, ""),
        (LATER, "Comparer deux conditionnements", 29, ""),
        (LATER, "Vérifier le code déchet avec le site donneur", 14, ""),
    ),
    SynergyStage.QUALIFIED: (
        (LATER, "Organiser une visite croisée", 12, ""),
        (WEEK, "Chiffrer le transport", 5, ""),
        (WAITING, "Recevoir les analyses", 8, "le site preneur"),
        (SILENT, "", 0, ""),
        (LATER, "Rédiger la note de faisabilité", 19, ""),
    ),
}


class Steps:
    """Gives each case its next step, in turn."""

    def __init__(self, days: Days, people: dict):
        self.days = days
        self.people = people
        self._drawn = {stage: cycle(steps) for stage, steps in DRAWN.items()}

    def plan(self, case) -> None:
        """Sets next step, owner, due date and last activity of an open synergy; leaves a stopped one alone."""
        synergy = case.synergy
        if synergy.stop_reason or synergy.stage == SynergyStage.SUSTAINED:
            return
        kind, text, due, awaited = WRITTEN[case.exchange.key] if case.exchange else next(self._drawn[synergy.stage])
        if kind == SILENT:
            self._forget(case)
            return
        synergy.next_step = text
        synergy.next_step_due = self._due(due)
        synergy.next_step_owner = self.people["colleague"] if synergy.opened_on.day % 4 == 0 else self.people["manager"]
        synergy.waiting_on = awaited
        noted = max(synergy.opened_on, self.days.ago(24 if kind == LATE else 7 if kind == WAITING else 4))
        case.journal.append(
            JournalEntry(
                demarche=synergy.demarche,
                synergy=synergy,
                kind=JournalKind.NEXT_STEP,
                happened_on=noted,
                text=text,
                author=synergy.next_step_owner,
            )
        )
        case.journal = [entry for entry in case.journal if entry.happened_on <= noted or entry.kind != JournalKind.NOTE]
        synergy.last_activity_on = max(entry.happened_on for entry in case.journal)

    def _due(self, count: int):
        return self.days.ago(-count) if count < 0 else self.days.ahead(count)

    def _forget(self, case) -> None:
        """Nothing noted for longer than the stage allows, when the synergy is old enough for that."""
        limit = self.days.today - timedelta(days=SILENCE_DAYS[case.synergy.stage] + 9)
        case.journal = [entry for entry in case.journal if entry.happened_on <= limit or entry.kind != JournalKind.NOTE]
        case.synergy.last_activity_on = max(entry.happened_on for entry in case.journal)

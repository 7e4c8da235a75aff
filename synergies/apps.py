from django.apps import AppConfig


class SynergiesConfig(AppConfig):
    name = "synergies"
    verbose_name = "Flux, pistes et synergies"

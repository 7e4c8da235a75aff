from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "eit_platform.common"
    label = "common"
    verbose_name = "Socle commun"

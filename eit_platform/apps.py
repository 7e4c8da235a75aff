from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """Carries the commands that need several apps: demo, load_reference."""

    name = "eit_platform"
    label = "platform"
    verbose_name = "Plateforme"

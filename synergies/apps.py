from django.apps import AppConfig


class SynergiesConfig(AppConfig):
    name = "synergies"
    verbose_name = "Flux, pistes et synergies"

    def ready(self):
        from actors.flow_figures import register_flow_lookup
        from synergies.models import Flow

        register_flow_lookup(lambda user: Flow.objects.visible_to(user).active())

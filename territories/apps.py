from importlib import import_module

from django.apps import AppConfig


def _demarche_ids(user, roles):
    from territories.models import Membership

    if not user.is_authenticated:
        return Membership.objects.none().values("demarche_id")
    current = Membership.objects.filter(user_id=user.pk, ended_at=None, demarche__isnull=False)
    return (current.filter(role__in=roles) if roles else current).values("demarche_id")


class TerritoriesConfig(AppConfig):
    name = "territories"
    verbose_name = "Territoires et personnes"

    def ready(self):
        from eit_platform.common.scoping import register_membership_lookup

        register_membership_lookup(_demarche_ids)

        from operations.pages import register_demarche_page
        from territories.access import demarche_page

        register_demarche_page(demarche_page)

        # Registers itself with the description of the API by being imported.
        import_module("territories.openapi")

from django.apps import AppConfig


class ActorsConfig(AppConfig):
    name = "actors"
    verbose_name = "Acteurs"

    def ready(self):
        from actors.company_access import grant_company_access
        from territories.acceptance import register_acceptance
        from territories.enums import Role

        register_acceptance(Role.COMPANY, grant_company_access)

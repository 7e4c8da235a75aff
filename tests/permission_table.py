"""Who gets what at every address: read `inside("actors:list", "200 200 200 200 403")` as the answers to the
chargé(e) de mission, colleague, élu(e), partner and company person of the démarche, in that order.

One status alone stands for all five. Unless a row says otherwise, people of nowhere in the démarche get 404, anonymous
visitors are sent to sign in (302; 401 on the API), a verb that is not named is refused to everybody (405).
"""

from dataclasses import dataclass, field

INSIDERS = ("alice", "gaelle", "denis", "edith", "bob")  # manager, colleague, elected, partner, company of démarche A
OUTSIDERS = ("chloe", "farid", "omar")  # manager of démarche B, regional network, operator
PEOPLE = (*INSIDERS, *OUTSIDERS, "anonymous")
PAGE_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Row:
    """An address, the objects it is asked with, and the answers: `statuses[verb][person]`."""

    name: str
    statuses: dict[str, dict[str, int]]
    objects: dict[str, str] = field(default_factory=dict)
    scoped: bool = True  # under a démarche: also asked for démarche B, and with B's objects under A's address
    api: bool = False
    query: str = ""

    @property
    def label(self) -> str:
        return " ".join([self.name, *self.objects.values()])

    def expected(self, verb: str, person: str) -> int:
        return self.statuses[verb][person]


def _insiders(text: str) -> dict[str, int]:
    given = [int(part) for part in text.split()]
    if len(given) == 1:
        given *= len(INSIDERS)
    assert len(given) == len(INSIDERS), text
    return dict(zip(INSIDERS, given, strict=True))


def inside(name: str, get: str = "405", post: str = "405", *, query: str = "", **objects: str) -> Row:
    """A page of a démarche; an unnamed verb is refused before anything is looked up."""
    statuses = {}
    for verb, text in zip(PAGE_VERBS, (get, post, "405", "405", "405"), strict=True):
        refused = text == "405"
        statuses[verb] = (
            _insiders(text) | dict.fromkeys(OUTSIDERS, 405 if refused else 404) | {"anonymous": 405 if refused else 302}
        )
    return Row(name, statuses, objects, query=query)


def everywhere(name: str, get: str = "405", post: str = "405", *, other: str = "405", query: str = "", **objects: str) -> Row:
    """A page outside any démarche: « signed-in/anonymous », one status alone for both."""
    statuses = {}
    for verb, text in zip(PAGE_VERBS, (get, post, other, other, other), strict=True):
        signed, _, anonymous = text.partition("/")
        statuses[verb] = dict.fromkeys(PEOPLE, int(signed)) | {"anonymous": int(anonymous or signed)}
    return Row(name, statuses, objects, scoped=False, query=query)


def exactly(name: str, get: dict[str, int] | int, post: dict[str, int] | int = 405, *, query: str = "", **objects: str) -> Row:
    """A page whose answers follow no pattern: each person is named, `others` stands for the rest."""
    statuses = {}
    for verb, given in zip(PAGE_VERBS, (get, post, 405, 405, 405), strict=True):
        named = {"others": given} if isinstance(given, int) else given
        statuses[verb] = {person: named.get(person, named["others"]) for person in PEOPLE}
    return Row(name, statuses, objects, scoped=False, query=query)


def account(name: str, get: str, post: str = "405", **objects: str) -> Row:
    """A page of allauth, whose views answer other verbs as they like: only the two that browsers send are told."""
    row = everywhere(name, get, post, **objects)
    return Row(name, {verb: row.statuses[verb] for verb in ("GET", "POST")}, row.objects, scoped=False)


def api(
    name: str, get: str = "405", post: str = "405", patch: str = "405", delete: str = "405", *, query: str = "", **objects: str
) -> Row:
    """A route of the API: who asks is known before the verb is looked at."""
    statuses = {}
    for verb, text in zip(PAGE_VERBS, (get, post, "405", patch, delete), strict=True):
        outside = 405 if text == "405" else 404
        statuses[verb] = _insiders(text) | dict.fromkeys(OUTSIDERS, outside) | {"anonymous": 401}
    return Row(name, statuses, objects, api=True, query=query)


MANAGER = "200 403 403 403 403"
TEAM = "200 200 403 403 403"
READERS = "200 200 200 200 403"

WORKSPACE = [
    exactly("workspace:start", {"anonymous": 200, "others": 302}),
    everywhere("workspace:choose", "200/302"),
    everywhere("workspace:accessibility", "200"),
    everywhere("workspace:privacy", "200"),
    everywhere("workspace:legal", "200"),
    everywhere("styleguide", "200"),
    everywhere("workspace:theme", post="302"),
    inside("workspace:home", "200 200 302 302 302"),
]
TERRITORIES = [
    everywhere("territories:accept_invitation", "302", "405", token="invitation token"),
    everywhere("territories:accept_invitation", "404", "405", token="=jeton-inconnu"),
    everywhere("territories:invitation", "404", "404"),
    everywhere("territories:token_list", "200/302", "422/302"),
    exactly("territories:token_revoke", 405, {"alice": 302, "anonymous": 302, "others": 404}, uuid="token"),
    exactly(
        "territories:operator_desk",
        {"omar": 200, "anonymous": 302, "others": 403},
        {"omar": 422, "anonymous": 302, "others": 403},
    ),
    inside("territories:member_list", READERS),
    inside("territories:member_invite", MANAGER, "422 403 403 403 403"),
    inside("territories:member_end", MANAGER, "302 403 403 403 403", uuid="membership"),
    inside("territories:invitation_revoke", post="302 403 403 403 403", uuid="invitation"),
    inside("territories:demarche_settings", MANAGER, "422 403 403 403 403"),
]
OPERATIONS = [
    everywhere("operations:health", "200"),
    everywhere("operations:mailbox", "200"),
    everywhere("operations:mailbox_message", "200", uuid="message"),
    inside("operations:job_list", "200"),
    inside("operations:job_detail", "200 404 404 404 404", uuid="job"),
    inside("operations:job_cancel", post="302 404 404 404 404", uuid="job"),
    inside("operations:job_retry", post="302 404 404 404 404", uuid="job"),
    inside("operations:audit", MANAGER),
]
ACTORS = [
    inside("actors:list", READERS),
    inside("actors:export", TEAM),
    inside("actors:add", TEAM, "422 422 403 403 403"),
    inside("actors:import", MANAGER, "422 403 403 403 403"),
    inside("actors:import_detail", MANAGER, uuid="import"),
    inside("actors:import_confirm", post="422 403 403 403 403", uuid="import"),
    inside("actors:detail", "200 200 200 200 404", uuid="establishment"),
    inside("actors:detail", "200", uuid="own establishment"),
    inside("actors:change", TEAM, "422 422 403 403 403", uuid="establishment"),
    inside("actors:engagement", TEAM, "422 422 403 403 403", uuid="establishment"),
    inside("actors:driving", TEAM, "422 422 403 403 403", uuid="establishment"),
    inside("actors:company_invite", MANAGER, "422 403 403 403 403", uuid="establishment"),
    inside("actors:interaction_add", TEAM, "422 422 403 403 403", uuid="establishment"),
    inside("actors:contact_add", TEAM, "422 422 403 403 403", uuid="establishment"),
    inside("actors:contact_change", TEAM, "422 422 403 403 403", uuid="establishment", contact_uuid="contact"),
    inside("actors:contact_archive", post="302 302 403 403 403", uuid="establishment", contact_uuid="contact"),
]
SYNERGIES = [
    inside("synergies:flow_list", "200"),
    inside("synergies:flow_create", "200 200 403 403 200", "200 200 403 403 200"),
    inside("synergies:flow_suggest", "200 200 403 403 200"),
    inside("synergies:flow_waste_codes", "200 200 403 403 200"),
    inside("synergies:flow_detail", "200 200 404 404 404", uuid="flow:demarche"),
    inside("synergies:flow_detail", "200 200 404 404 404", uuid="flow:network"),
    inside("synergies:flow_detail", "200 200 200 200 404", uuid="flow:public"),
    inside("synergies:flow_detail", "200 404 404 404 404", uuid="flow:private"),
    inside("synergies:flow_detail", "200 200 404 404 200", uuid="flow:own"),
    inside("synergies:flow_edit", "200 200 403 403 404", "422 422 403 403 404", uuid="flow:demarche"),
    inside("synergies:flow_edit", "200 200 403 403 404", "422 422 403 403 404", uuid="flow:public"),
    inside("synergies:flow_edit", "200 404 403 403 404", "422 404 403 403 404", uuid="flow:private"),
    inside("synergies:flow_edit", "200 200 403 403 200", "422 422 403 403 422", uuid="flow:own"),
    inside("synergies:flow_archive", post="409 409 403 403 404", uuid="flow:demarche"),
    inside("synergies:flow_archive", post="409 409 403 403 404", uuid="flow:public"),
    inside("synergies:flow_archive", post="409 404 403 403 404", uuid="flow:private"),
    inside("synergies:flow_archive", post="409 409 403 403 409", uuid="flow:own"),
    inside("synergies:campaign_list", TEAM),
    inside("synergies:campaign_create", MANAGER, "422 403 403 403 403"),
    inside("synergies:campaign_detail", TEAM, uuid="campaign"),
    inside("synergies:campaign_edit", MANAGER, "422 403 403 403 403", uuid="campaign:draft"),
    inside("synergies:campaign_add", MANAGER, "302 403 403 403 403", uuid="campaign:draft"),
    inside("synergies:campaign_send", post="302 403 403 403 403", uuid="campaign:draft"),
    inside("synergies:campaign_recipient", post="422 403 403 403 403", uuid="questionnaire:draft"),
    inside("synergies:campaign_remove", post="302 403 403 403 403", uuid="questionnaire:draft"),
    inside("synergies:campaign_resend", post="302 403 403 403 403", uuid="questionnaire"),
    inside("synergies:campaign_revoke", post="302 403 403 403 403", uuid="questionnaire"),
]
FOLLOWED = [
    inside("synergies:lead_list", TEAM),
    inside("synergies:lead_search", post="302 403 403 403 403"),
    inside("synergies:lead_create", MANAGER, "422 403 403 403 403"),
    inside("synergies:lead_detail", TEAM, uuid="lead"),
    inside("synergies:lead_detail", "200 404 403 403 403", uuid="lead:private"),
    inside("synergies:lead_decide", post="422 403 403 403 403", uuid="lead"),
    inside("synergies:lead_decide", post="422 403 403 403 403", uuid="lead:private"),
    inside("synergies:synergy_list", "200 200 200 403 200"),
    inside("synergies:synergy_detail", "200 200 404 403 404", uuid="synergy"),
    inside("synergies:synergy_detail", "200 404 404 403 404", uuid="synergy:private"),
    inside("synergies:synergy_detail", "200 200 200 403 404", uuid="synergy:running"),
    *[
        inside(f"synergies:{verb}", post="422 422 403 403 403", uuid="synergy")
        for verb in ("synergy_next_step", "synergy_note")
    ],
    *[
        inside(f"synergies:{verb}", post="422 404 403 403 403", uuid="synergy:private")
        for verb in ("synergy_next_step", "synergy_note")
    ],
    *[
        inside(f"synergies:{verb}", post="422 403 403 403 403", uuid=synergy)
        for verb in ("synergy_stage", "synergy_stop")
        for synergy in ("synergy", "synergy:private", "synergy:running")
    ],
    inside("synergies:synergy_resume", post="302 403 403 403 403", uuid="synergy"),
    inside("synergies:impact_create", MANAGER, "200 403 403 403 403", uuid="synergy"),
    inside("synergies:impact_expect", post="302 403 403 403 403", uuid="synergy"),
    inside("synergies:impact_edit", MANAGER, "422 403 403 403 403", uuid="synergy", impact_uuid="impact"),
    inside("synergies:impact_edit", "404 403 403 403 403", "404 403 403 403 403", uuid="synergy", impact_uuid="impact:private"),
    inside("synergies:impact_remove", post="302 403 403 403 403", uuid="synergy", impact_uuid="impact"),
]
# Without a personal link opened in the same browser, being somebody opens no questionnaire.
QUESTIONNAIRES = [
    everywhere("synergies:personal_link", "302", token="link token"),
    everywhere("synergies:personal_link", "404", token="=jeton-inconnu"),
    everywhere("synergies:questionnaire", "404", "404", uuid="questionnaire"),
    everywhere("synergies:questionnaire_code", "404", "404", uuid="questionnaire"),
    everywhere("synergies:questionnaire_review", "404", "404", uuid="questionnaire"),
    everywhere("synergies:questionnaire_thanks", "404", uuid="questionnaire"),
    everywhere("synergies:questionnaire_refusal", "404", "404", uuid="questionnaire"),
    everywhere("synergies:questionnaire_waste_codes", "404", uuid="questionnaire"),
    everywhere("synergies:questionnaire_remove", post="404", uuid="questionnaire", position="=1"),
    everywhere("synergies:questionnaire_answer", "404", "404", uuid="questionnaire", position="=1", step="=quantite"),
    everywhere("synergies:questionnaire_section", "404", "404", uuid="questionnaire", section="=trop"),
]
REPORTING = [
    inside("reporting:dashboard", READERS),
    inside("reporting:indicator_list", "200 200 200 403 403", "422 403 403 403 403"),
    inside("reporting:report_list", READERS),
    inside("reporting:report_create", MANAGER, "422 403 403 403 403"),
    inside("reporting:report_detail", READERS, "405", uuid="report"),
    inside("reporting:report_detail", "200 200 404 404 403", uuid="report:draft"),
    inside("reporting:report_build", post="302 403 403 403 403", uuid="report:draft"),
    inside("reporting:report_pdf", READERS, uuid="report"),
    inside("reporting:report_pdf", "404 404 404 404 403", uuid="report:draft"),
    inside("reporting:report_data", READERS, uuid="report"),
    inside("reporting:report_data", "404 404 404 404 403", uuid="report:draft"),
    inside("reporting:report_transmit", post="422 403 403 403 403", uuid="report"),
]
# The sign-in and account pages: whom they let in, for a person without second factor.
ACCOUNTS = [
    account("account_login", "302/200", "302/200"),
    account("account_logout", "200/302", "302"),
    account("account_inactive", "200"),
    account("account_signup", "302/200", "302/200"),
    account("account_reauthenticate", "200/302", "200/302"),
    account("account_email", "200/302", "302"),
    account("account_email_verification_sent", "302/302", "302/302"),
    account("account_change_password", "200/302", "200/302"),
    account("account_set_password", "302", "302"),
    account("account_reset_password", "200", "200"),
    account("account_confirm_login_code", "302", "302"),
    account("account_confirm_password_reset_code", "302", "302"),
    account("account_complete_password_reset", "302", "302"),
    account("account_password_reset_completed", "200"),
    account("account_request_login_code", "302/200", "302/200"),
    account("mfa_index", "200/302", "405/302"),
    account("mfa_authenticate", "302", "302"),
    account("mfa_reauthenticate", "302", "302"),
    account("mfa_activate_totp", "302", "302"),
    account("mfa_deactivate_totp", "404/302", "404/302"),
    account("mfa_view_recovery_codes", "404/302", "405/302"),
    account("mfa_generate_recovery_codes", "302", "302"),
    account("mfa_download_recovery_codes", "404/302", "404/302"),
    account("mfa_list_webauthn", "200/302", "405/302"),
    account("mfa_add_webauthn", "302", "302"),
    account("mfa_reauthenticate_webauthn", "302", "302"),
    account("mfa_remove_webauthn", "302", "302", pk="=1"),
    account("mfa_edit_webauthn", "302", "302", pk="=1"),
    account("mfa_login_webauthn", "302", "302"),
    account("usersessions_list", "200/302", "302"),
]
API = [
    everywhere("api:schema", "200"),
    everywhere("api:docs", "200"),
    api("api:establishment_list", READERS, "400 400 403 403 403"),
    api("api:establishment_detail", "200 200 200 200 404", uuid="establishment"),
    api("api:flow_list", "200", "400 400 403 403 400"),
    api("api:flow_detail", "200 200 404 404 404", patch="400 400 403 403 404", uuid="flow:demarche"),
    api("api:flow_detail", "200 200 200 200 404", patch="400 400 403 403 404", uuid="flow:public"),
    api("api:flow_detail", "200 404 404 404 404", patch="400 404 403 403 404", uuid="flow:private"),
    api("api:flow_detail", "200 200 404 404 200", patch="400 400 403 403 400", uuid="flow:own"),
    api("api:flow_archive", post="400 400 403 403 404", uuid="flow:demarche"),
    api("api:flow_archive", post="400 400 403 403 404", uuid="flow:public"),
    api("api:flow_archive", post="400 404 403 403 404", uuid="flow:private"),
    api("api:flow_archive", post="400 400 403 403 400", uuid="flow:own"),
    api("api:lead_list", TEAM),
    api("api:lead_detail", TEAM, uuid="lead"),
    api("api:lead_detail", "200 404 403 403 403", uuid="lead:private"),
    api("api:lead_keep", post="400 403 403 403 403", uuid="lead"),
    api("api:lead_keep", post="400 403 403 403 403", uuid="lead:private"),
    api("api:synergy_list", "200 200 200 403 200"),
    api("api:synergy_detail", "200 200 404 403 404", uuid="synergy"),
    api("api:synergy_detail", "200 404 404 403 404", uuid="synergy:private"),
    api("api:synergy_detail", "200 200 200 403 404", uuid="synergy:running"),
    *[
        api(f"api:{verb}", post=answers, uuid=synergy)
        for synergy in ("synergy", "synergy:running")
        for verb, answers in (("synergy_stage", "400 403 403 403 403"), ("synergy_next_step", "400 400 403 403 403"))
    ],
    api("api:synergy_next_step", post="400 404 403 403 403", uuid="synergy:private"),
    api("api:dashboard", READERS),
    api("api:report_list", READERS),
    api("api:report_detail", READERS, uuid="report"),
    api("api:report_detail", "200 200 404 404 403", uuid="report:draft"),
    api("api:contact_list", "200 200 403 403 200"),
]

ROWS = [*WORKSPACE, *TERRITORIES, *OPERATIONS, *ACTORS, *SYNERGIES, *FOLLOWED, *QUESTIONNAIRES, *REPORTING, *ACCOUNTS, *API]
# Addresses that stand for another one of the table: none may be added without a reason.
UNTABLED: dict[str, str] = {}

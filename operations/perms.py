"""Rights on the trail and on the work done later."""


def read_audit(access) -> bool:
    """The trail says who did what: it is for the person who answers for the démarche, its chargé(e) de mission."""
    return access.is_manager


def follow_jobs(access) -> bool:
    """Every member follows the work he or she asked for; the chargé(e) de mission that of the whole démarche."""
    return bool(access.roles)

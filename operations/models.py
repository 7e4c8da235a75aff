"""Ground floor: work done later, messages to send, trails. Refers to people and démarches by name only."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eit_platform.common.scoping import Identified, ScopedQuerySet, demarche_ids_for
from operations.enums import JobState, OutboxState

DEMARCHE = "territories.Demarche"


class OwnedQuerySet(ScopedQuerySet):
    """Rows that belong to the person who asked for them, and to the managers of their démarche."""

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(models.Q(actor=user) | models.Q(demarche_id__in=demarche_ids_for(user, "manager")))

    def due(self):
        """Jobs that a worker may claim: their turn has come, or the worker that held them is gone."""
        now = timezone.now()
        waiting = models.Q(state=JobState.QUEUED, run_after__lte=now)
        abandoned = models.Q(state=JobState.RUNNING, lease_until__lt=now)
        return self.filter(waiting | abandoned, attempt__lt=models.F("max_attempts"))


class Job(Identified):
    """Work to do after the request, held here so that losing the broker loses nothing."""

    key = models.CharField(max_length=200, unique=True, help_text="Two requests for the same work share one job.")
    kind = models.CharField(max_length=80, db_index=True)
    title = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    demarche = models.ForeignKey(DEMARCHE, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    fence = models.PositiveBigIntegerField(default=0, help_text="Moves at each claim: an old worker can't publish.")
    lease_until = models.DateTimeField(null=True, blank=True)
    run_after = models.DateTimeField(default=timezone.now)
    woken_at = models.DateTimeField(null=True, blank=True, help_text="When a wake-up was last sent again.")
    progress = models.PositiveSmallIntegerField(default=0, help_text="Per cent.")
    progress_label = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("travail différé")
        verbose_name_plural = _("travaux différés")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["run_after"], name="job_queued", condition=models.Q(state="queued")),
            models.Index(fields=["lease_until"], name="job_running", condition=models.Q(state="running")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="job_progress_is_a_percentage"),
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False), name="job_running_has_a_lease"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_live(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def can_be_retried(self) -> bool:
        return self.state in (JobState.FAILED, JobState.CANCELLED)


class StoredFile(Identified):
    """A file whose bytes live in PostgreSQL: one backup, several web hosts."""

    demarche = models.ForeignKey(DEMARCHE, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")

    def __str__(self):
        return self.name


class OutboxQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """The messages of the démarches the person manages."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(demarche_id__in=demarche_ids_for(user, "manager"))

    def due(self):
        return self.filter(state=OutboxState.WAITING, run_after__lte=timezone.now())


class OutboxMessage(Identified):
    """A mail written in the transaction that decided it, sent afterwards, once.

    Secrets (personal links, codes) are kept apart from the text, in `secrets`, and dropped once sent:
    the archive shows the message with its link masked.
    """

    key = models.CharField(max_length=200, unique=True)
    demarche = models.ForeignKey(DEMARCHE, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    recipient = models.EmailField()
    sender = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300)
    body = models.TextField(help_text="Plain text; {{secret:name}} stands for a secret.")
    body_html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    secrets = models.JSONField(default=dict, blank=True)
    attachments = models.ManyToManyField(StoredFile, blank=True, related_name="+")
    state = models.CharField(max_length=12, choices=OutboxState.choices, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    run_after = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("message à envoyer")
        verbose_name_plural = _("messages à envoyer")
        ordering = ["-id"]
        indexes = [models.Index(fields=["run_after"], name="outbox_waiting", condition=models.Q(state="waiting"))]

    def __str__(self):
        return self.subject


class IdempotencyKey(models.Model):
    """One key per rendered form and per API POST: a double submit gives one row and one answer."""

    scope = models.CharField(max_length=120)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what was sent.")
    status_code = models.PositiveSmallIntegerField(default=200)
    response = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("clé d’idempotence")
        verbose_name_plural = _("clés d’idempotence")
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_use_per_idempotency_key")]


class AuditQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """The trail of the démarches the person manages."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(demarche_id__in=demarche_ids_for(user, "manager"))


class AuditEntry(models.Model):
    """Who did what, when: append-only, sealed by a hash chain.

    A database trigger refuses DELETE, and UPDATE but for two: the seal put once, and the account forgotten when it is
    erased. See `operations.audit.erasing` for the one way round, which the application's own role does not have.
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    demarche = models.ForeignKey(DEMARCHE, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    actor_label = models.CharField(max_length=200, blank=True)
    verb = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80, blank=True)
    object_uuid = models.UUIDField(null=True, blank=True)
    summary = models.CharField(max_length=400)
    data = models.JSONField(default=dict, blank=True)
    sequence = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    seal = models.CharField(max_length=64, blank=True, help_text="SHA-256 over the entry and the seal before it.")

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("trace")
        verbose_name_plural = _("traces")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["object_type", "object_uuid"], name="audit_object"),
            models.Index(fields=["demarche", "-id"], name="audit_of_a_demarche"),
            GinIndex(fields=["data"], name="audit_data", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self):
        return self.summary


class AttemptCounter(models.Model):
    """Failures counted per account, per address, per link; `key` is a hash, never the address itself."""

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    count = models.PositiveIntegerField(default=0)
    window_started_at = models.DateTimeField(default=timezone.now)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("compteur d’essais")
        verbose_name_plural = _("compteurs d’essais")
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_counter_per_scope_and_key")]


class Sequence(models.Model):
    """Numbers that people say aloud ("Piste 58"): one counter per démarche and name, without gaps."""

    demarche = models.ForeignKey(DEMARCHE, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("compteur")
        verbose_name_plural = _("compteurs")
        constraints = [models.UniqueConstraint(fields=["demarche", "name"], name="one_sequence_per_demarche_and_name")]

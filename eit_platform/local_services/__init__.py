"""PostgreSQL and Valkey embedded for the demonstration and the tests; production brings its own servers.

``python -m eit_platform.local_services [--ephemeral|--persistent] [--settings MODULE] -- COMMAND…`` runs a command with
both servers up; ``bin/demo``, ``bin/manage`` and ``bin/test`` are built on it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

# Several processes share a small machine: without this each would open a thread per core for its array library.
_SMALL = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@contextmanager
def running(*, ephemeral: bool) -> Iterator[dict[str, str]]:
    """Give the environment variables that reach a PostgreSQL and a Valkey, running for the length of the block.

    ``ephemeral`` starts new ones in a folder removed at the end. Otherwise those of the checkout are shared, unless
    ``DATABASE_URL`` and ``REDIS_URL`` already name servers. Raises RuntimeError with the reason, in French, when they
    do not start.
    """
    if not ephemeral and os.environ.get("DATABASE_URL"):
        if not os.environ.get("REDIS_URL"):
            raise RuntimeError("DATABASE_URL est fixée sans REDIS_URL : fixer les deux, ou aucune.")
        yield dict(_SMALL)
        return
    if not ephemeral:
        from .keeper import shared_services

        with shared_services() as environment:
            yield _SMALL | environment
        return
    from .postgres import postgres
    from .programs import find_programs
    from .run_directory import throwaway_run_directory
    from .valkey import valkey

    programs = find_programs()
    with (
        throwaway_run_directory() as folder,
        postgres(folder, programs, throwaway=True) as database,
        valkey(folder, programs) as broker,
    ):
        yield _SMALL | database | broker | {"BOUCLES_RUN_DIR": str(folder)}

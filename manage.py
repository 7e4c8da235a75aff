#!/usr/bin/env python3
"""Django's command line; ``bin/manage`` runs it with the embedded servers up."""

import os
import sys

# These change the tables themselves: they connect as the role that owns them.
OWNER_COMMANDS = {"migrate", "flush", "sqlflush", "restore"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eit_platform.settings.base")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("BOUCLES_DB_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

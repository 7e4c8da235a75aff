"""Command line of the embedded services; see the package's docstring."""

import argparse
import os
import signal
import sys

from . import running
from .child_processes import run_in_foreground


def _stop_in_good_order(received: int, _frame: object) -> None:
    raise SystemExit(128 + received)


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m eit_platform.local_services", description=__doc__)
    lifetime = parser.add_mutually_exclusive_group()
    lifetime.add_argument("--ephemeral", action="store_true", help="services neufs, supprimés à la fin")
    lifetime.add_argument("--persistent", action="store_true", help="services partagés de ce dossier (par défaut)")
    parser.add_argument("--settings", help="module de réglages de Django pour la commande")
    parser.add_argument("command", nargs="+", help="commande à lancer, après --")
    options = parser.parse_args(arguments)
    with running(ephemeral=options.ephemeral) as services:
        environment = os.environ | services
        if options.settings:
            environment["DJANGO_SETTINGS_MODULE"] = options.settings
        return run_in_foreground(options.command, environment)


def main(arguments: list[str]) -> int:
    for request in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(request, _stop_in_good_order)
    # A shell script starts what it puts in the background with SIGINT ignored; kill -INT must still stop it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if arguments[:1] == ["keep"]:
            from .keeper import keep

            return keep()
        if arguments[:1] == ["demo"]:
            from .demonstration import demonstrate

            return demonstrate(arguments[1:])
        return _run(arguments)
    except RuntimeError as error:
        sys.stderr.write(f"RuntimeError: {error}\n" if arguments[:1] == ["keep"] else f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

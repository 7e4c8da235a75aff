"""Child processes that never outlive the process that started them."""

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _tie_to(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    def before_exec() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if os.getppid() != parent:  # the parent died before prctl could watch it
            os._exit(1)

    return before_exec


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    death_signal: signal.Signals,
    env: Mapping[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
    own_session: bool = True,
    stdin: int | None = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
    cwd: Path | str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child that receives ``death_signal`` as soon as the calling thread's process dies, even by kill -9.

    ``log`` takes its standard output and error (None leaves them on the terminal). With ``own_session`` a Ctrl-C on
    the terminal does not reach it: the caller stops it in good order. To be called from the main thread: the kernel
    watches the thread that forked.
    """
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=own_session,
            pass_fds=pass_fds,
            preexec_fn=_tie_to(os.getpid(), death_signal),  # the only way in to prctl
            **identity,
        )
    finally:
        if output:
            output.close()


def stop(process: subprocess.Popen[bytes], *requests: tuple[signal.Signals, float]) -> int:
    """Send each signal in turn, waiting its number of seconds; kill what is left. Return the exit code."""
    for request, patience in requests:
        if process.poll() is not None:
            break
        process.send_signal(request)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        process.kill()
    return process.wait()


def run_in_foreground(command: Sequence[str | Path], env: Mapping[str, str]) -> int:
    """Run a command on the terminal, pass signals on to it and return its exit code (128 + n for signal n).

    A Ctrl-C typed on the terminal already reaches the whole foreground group: only signals sent by another process
    are passed on, so that the command is interrupted once.
    """
    kernel_sent = 0x80  # SI_KERNEL: the terminal driver, not a kill(2)
    watched = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    try:
        child = spawn(command, log=None, death_signal=signal.SIGTERM, env=env, own_session=False, stdin=None)
        while child.poll() is None:
            received = signal.sigtimedwait(watched, 1.0)
            if received and received.si_signo != signal.SIGCHLD and received.si_code != kernel_sent:
                child.send_signal(received.si_signo)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode

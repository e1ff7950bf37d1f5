"""Watch a program from within: every socket that it asks for, and every file that it opens to write.

Python loads this by itself where its folder is on PYTHONPATH, in child processes too. It writes one line an
event to the file that MATSIDE_WATCH names, and lets no socket but a local one come about.
"""

import os
import sys

_LOG = os.open(os.environ["MATSIDE_WATCH"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_LOCAL = 1  # AF_UNIX
_NETWORK = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.bind",
    "socket.sendto",
    "urllib.Request",
    "http.client",
)


def _watch(event, facts):
    if event == "open":
        path, mode, flags = facts
        is_written = (isinstance(flags, int) and flags & _WRITES) or (mode and set("wax+") & set(str(mode)))
        if is_written and isinstance(path, str | bytes):
            os.write(_LOG, f"write {os.fsdecode(path)}\n".encode())
    elif event.startswith(_NETWORK) or (event == "socket.__new__" and facts[1] != _LOCAL):
        os.write(_LOG, f"network {event} {facts[1:]!r}\n".encode())
        raise PermissionError(event)


os.write(_LOG, f"began {os.getpid()} {sys.argv[:1]}\n".encode())
sys.addaudithook(_watch)

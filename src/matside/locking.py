"""One process at a time: a lock on an open file, let go by the system when its holder dies."""

import sys

WINDOWS_LOCK_AT = 0x7FFF_0000
"""Windows bars others from reading a locked range, so lock one far behind any end of file."""


def try_lock(fileno: int) -> bool:
    """Lock an open file for this process, without waiting.

    Args:
        fileno: A file descriptor open for writing. The lock ends when it is closed.

    Returns:
        False where somebody else holds it. A file system that knows no locks counts as locked by us.
    """
    if sys.platform == "win32":
        return _try_lock_windows(fileno)
    import errno
    import fcntl

    try:
        fcntl.flock(fileno, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL):
            raise
    return True


def _try_lock_windows(fileno: int) -> bool:
    if sys.platform != "win32":
        return True
    import msvcrt
    import os

    place = os.lseek(fileno, 0, os.SEEK_CUR)
    try:
        os.lseek(fileno, WINDOWS_LOCK_AT, os.SEEK_SET)
        msvcrt.locking(fileno, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    finally:
        os.lseek(fileno, place, os.SEEK_SET)
    return True

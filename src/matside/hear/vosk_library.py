"""The one door to the `vosk` package, which is let in without its way to the network.

Its Python part imports `requests` to fetch models, which matside never lets it do; and importing `requests`
opens a socket to find out whether there is IPv6. So an empty module stands in while vosk is imported.
"""

import sys
from types import ModuleType

_NETWORK = "requests"


def open_vosk() -> ModuleType:
    """Give the `vosk` module.

    Raises:
        ImportError: It isn't installed.
        OSError: Its library can't be loaded on this computer.
    """
    stands_in = "vosk" not in sys.modules and _NETWORK not in sys.modules
    if stands_in:
        sys.modules[_NETWORK] = ModuleType(_NETWORK)
    try:
        import vosk
    finally:
        if stands_in:
            del sys.modules[_NETWORK]
    module: ModuleType = vosk
    return module

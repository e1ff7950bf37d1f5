"""`matside listen` at a real microphone, in the sound room."""

import signal
import subprocess
import sys
import threading

import pytest

from room import open_room, wait_until

pytestmark = [pytest.mark.room, pytest.mark.model]


def test_live_it_shows_what_was_heard_and_tells_of_a_microphone_that_is_pulled(korean_clip, tmp_path):
    with open_room() as room:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "matside", "listen", "--language", "ko", "--json"],
            env=room.env | {"MATSIDE_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        told = []
        reader = threading.Thread(target=lambda: told.extend(process.stdout), daemon=True)
        reader.start()
        try:
            room.say_until(lambda: any("너무 어려워" in line for line in told), korean_clip("너무 어려워"))
            room.break_microphone()
            wait_until(lambda: "no microphone" in told[-1], within_s=10, what="the loss")
            room.mend_microphone()
            wait_until(lambda: "works again" in told[-1], within_s=20, what="the return")
            process.send_signal(signal.SIGINT)
            assert process.wait(15) == 130
        finally:
            process.kill()
            process.wait(10)
            reader.join(5)
            process.stdout.close()
    assert not any("Traceback" in line for line in told)

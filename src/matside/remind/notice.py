"""A notice on the desktop, by whatever this system has for it; no network, and no sound of ours."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from matside.content.card import ReminderText

WAITS_S = 10.0
"""A notice that hangs, as without a session bus, is no notice."""

_SHOWN_MS = 20_000

# What is shown reaches the scripts as arguments and variables, never as a part of them.
_APPLE = ("on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run")
_WINDOWS = """
$null = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications,
  ContentType=WindowsRuntime]
$toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent(1)
$lines = $toast.GetElementsByTagName('text')
$null = $lines.Item(0).AppendChild($toast.CreateTextNode($env:MATSIDE_TITLE))
$null = $lines.Item(1).AppendChild($toast.CreateTextNode($env:MATSIDE_TEXT))
$app = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'
$shown = [Windows.UI.Notifications.ToastNotification]::new($toast)
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($app).Show($shown)
"""


def show_notice(text: ReminderText, platform: str = sys.platform) -> bool:
    """Show it.

    Returns:
        False where this system has nothing to show it with, or that failed.
    """
    command = command_for(text, platform)
    if shutil.which(command[0]) is None:
        return False
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            timeout=WAITS_S,
            stdin=subprocess.DEVNULL,
            env=_environment(text),
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def command_for(text: ReminderText, platform: str) -> tuple[str, ...]:
    """Give the command that shows a notice on a platform, named as `sys.platform` names it."""
    if platform == "darwin":
        lines = (word for line in _APPLE for word in ("-e", line))
        return ("osascript", *lines, text.title, text.text)
    if platform == "win32":
        return ("powershell", "-NoProfile", "-NonInteractive", "-Command", _WINDOWS)
    return ("notify-send", "--app-name=matside", f"--expire-time={_SHOWN_MS}", "--", text.title, text.text)


def _environment(text: ReminderText) -> Mapping[str, str]:
    return {**os.environ, "MATSIDE_TITLE": text.title, "MATSIDE_TEXT": text.text}

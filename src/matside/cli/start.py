"""`matside start` and `matside resume`: a session, live or on files."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from matside.cli.options import (
    json_option,
    language_of,
    language_option,
    model_option,
    my_paths,
    my_settings,
    profile_option,
)
from matside.cli.output import note, write_json
from matside.cli.person_options import Known, known_person, person_options
from matside.cli.plan import Wish, laid_out, tell_refusal, wanted, wish_options
from matside.errors import MatsideError, UsageError
from matside.settings import Paths, Settings

if TYPE_CHECKING:
    from matside.content.language import Language
    from matside.run.conduct import Ran, Watchers
    from matside.run.events import Event
    from matside.run.journal import Written
    from matside.run.ports import Reporter
    from matside.run.request import Devices, Request
    from matside.understand.echo import Duplex

Function = TypeVar("Function", bound=Callable[..., Any])
INTERRUPTED = 130
REFUSED = 1
WAV = click.Path(path_type=Path)


def device_options(function: Function) -> Function:
    """Add what decides where sound comes from and goes to, and what is shown."""
    for option in (
        click.option("--mic-wav", type=WAV, metavar="IN.wav", help="Hear this recording, not a microphone."),
        click.option("--speaker-wav", type=WAV, metavar="OUT.wav", help="Speak into this file."),
        click.option("--fast", is_flag=True, help="With files: don't wait for the clock."),
        click.option("--plain", is_flag=True, help="Plain lines, for screen readers and pipes."),
        click.option("--no-mic", is_flag=True, help="Don't listen; steer with the keys."),
        click.option(
            "--voice-check/--no-voice-check",
            default=None,
            help="Hear how the coach sounds in this room first, or don't; else only where that isn't known.",
        ),
        click.option("--microphone", metavar="NAME", help="Part of the microphone's name."),
        click.option("--speaker", metavar="NAME", help="Part of the loudspeaker's name."),
        click.option(
            "--debug-log", type=WAV, metavar="FILE", help="Write all that happens into FILE, heard words too."
        ),
        click.option("--voice", metavar="ID", help="A voice from `matside voices`."),
        click.option("--rate", "rate_wpm", type=int, metavar="WPM", help="Words a minute."),
        model_option,
        json_option,
    ):
        function = option(function)
    return function


@click.command("start")
@click.argument("routine", required=False)
@click.option(
    "--checked",
    is_flag=True,
    help="I answered the questions with no today, and nothing has changed since; don't ask that again.",
)
@wish_options
@person_options
@device_options
@language_option
@profile_option
@click.pass_context
def start_command(ctx: click.Context, /, routine: str | None, *, checked: bool, **given: Any) -> None:
    """Start a session: ROUTINE is a name from `matside routines`, or the path of a routine file.

    Without ROUTINE it is the one that suits your stage, the hour and your minutes; `matside plan` shows it.
    Where nobody can answer questions it is `breathe`, which asks none and is open to everybody.
    """
    from matside.cli.before import ask_essentials, is_to_be_asked, tell_before, without_unsafe_ball
    from matside.content.library import load_library
    from matside.planning.choose import Refusal
    from matside.planning.words import Words
    from matside.run.request import Request

    paths = my_paths()
    settings = _settings(paths, given)
    devices = _devices(given)
    library = load_library()
    language = language_of(library, settings.language)
    name = routine or _without_anybody(devices, language)
    wish = Wish(name=name, minutes=given["minutes"], part=given["part"])
    known = known_person(given, paths, library, language, lasting=True)
    if is_to_be_asked(known, wish, as_json=given["as_json"]):
        ask_essentials(paths, settings.language)
        known = known_person(given, paths, library, language, lasting=True)
    found = wanted(wish, known, library, language=language.code)
    known = replace(known, asks=replace(known.asks, nothing=checked))
    laid = found if isinstance(found, Refusal) else laid_out(found, known)
    if isinstance(found, Refusal) or isinstance(laid, Refusal):
        tell_refusal(laid, Words(language=language, person=known.person), as_json=given["as_json"])
        ctx.exit(REFUSED)
    language = language_of(found.library, language.code)  # with the words of the file's own exercises
    if checked and laid.plan.check is not None and not laid.plan.passed:
        note(language.planning["locked" if known.asks.locked else "checked.first"])
    if (safer := without_unsafe_ball(known, laid, language.planning)) is not None:
        known, laid = safer, laid_out(found, safer)
    if isinstance(laid, Refusal):
        raise MatsideError(Words(language=language, person=known.person).refusal(laid))
    request = Request(
        name=str(wish.name) if found.path is not None else found.routine.id,
        routine=found,
        language=language,
        settings=_with_voice(settings, known),
        paths=paths,
        devices=devices,
        today=known.today,
        asks=known.asks,
        number=known.profile.number if known.profile else None,
    )
    _tell_of_interrupted(paths, language, given)
    if not given["as_json"] and not devices.fast:
        tell_before(laid, known, request)
    ctx.exit(_run(request, given, None))


def _without_anybody(devices: "Devices", language: "Language") -> str | None:
    """Give the routine that asks nothing where nobody can answer; None lets her stage choose."""
    if sys.stdin.isatty() or devices.mic_wav is not None:
        return None
    note(language.planning["start.unattended"])
    return "breathe"


def _with_voice(settings: Settings, known: "Known") -> Settings:
    voice = known.profile.voice if known.profile else None
    return settings if settings.voice or not voice else replace(settings, voice=voice)


def _tell_of_interrupted(paths: Paths, language: "Language", given: dict[str, Any]) -> None:
    from matside.cli.still_allowed import may_still
    from matside.run.conduct import was_advised
    from matside.run.journal import latest_unfinished

    written = latest_unfinished(paths.journal)
    if written is None:
        return
    text = None
    with contextlib.suppress(MatsideError):  # its file may have changed since; then nothing can be said of it
        before = _as_before(written, paths, given)
        if was_advised(before, written):
            text = "start.was-advised"
        elif may_still(before, written, paths):
            text = "start.was-interrupted"
    if text is not None:
        note(language.planning[text].format(routine=written.header.routine))


@click.command("resume")
@device_options
@profile_option
@click.pass_context
def resume_command(ctx: click.Context, /, **given: Any) -> None:
    """Go on with the session that was interrupted last, from the second where it broke off."""
    from matside.cli.still_allowed import may_still
    from matside.run.journal import latest_unfinished

    paths = my_paths()
    written = latest_unfinished(paths.journal)
    if written is None:
        raise MatsideError("No session was interrupted.", hint="Begin one with: matside start")
    request = _as_before(written, paths, given)
    if not may_still(request, written, paths):
        raise MatsideError(
            f"The {written.header.routine} session has changed since it was interrupted.",
            hint=f"Begin it anew: matside start {written.header.routine}. What you did is in the history.",
        )
    ctx.exit(_run(request, given, written))


def _as_before(written: "Written", paths: Paths, given: dict[str, Any]) -> "Request":
    """Give the request that the interrupted session began with, on the devices of today."""
    from matside.content.library import load_library
    from matside.content.routine_file import find_routine, parse_routine_file
    from matside.planning.plain import asks_from_plain, today_from_plain
    from matside.run.request import Request

    header, library = written.header, load_library()
    if header.routine_text:
        text, path = header.routine_text.encode(), Path(header.routine)
        found = parse_routine_file(text, path, library, language=header.language)
    else:
        found = find_routine(header.routine, library, language=header.language)
    today, asks, number = (header.options.get(key) for key in ("today", "asks", "number"))
    try:
        day = today_from_plain(today if isinstance(today, dict) else {})
    except ValueError as error:
        raise MatsideError(
            f"The journal of the {header.routine} session doesn't say for whom it was.",
            hint=f"Begin it anew: matside start {header.routine}. What you did is in the history.",
        ) from error
    return Request(
        name=header.routine,
        routine=found,
        language=language_of(found.library, header.language),
        settings=_settings(paths, given | {"language": header.language}),
        paths=paths,
        devices=_devices(given),
        today=day,
        asks=asks_from_plain(asks if isinstance(asks, dict) else {}),
        number=number if isinstance(number, str) else None,
    )


def _run(request: "Request", given: dict[str, Any], written: "Written | None") -> int:
    from matside.run.conduct import run_session

    request = replace(request, devices=replace(request.devices, duplex=_duplex(request, given)))
    watchers, close = _watchers(request.language, request.devices, given)
    if given["debug_log"] is not None:
        watchers = replace(watchers, reporter=_DebugLog(given["debug_log"], watchers.reporter))
    try:
        ran = run_session(request, watchers, resumed=written)
    finally:
        close()
    return _farewell(ran, request.language.planning, as_json=given["as_json"])


def _duplex(request: "Request", given: dict[str, Any]) -> "Duplex":
    """Tell how to listen in this room: as remembered, or by a voice check where somebody watches."""
    from matside.run.rooms import check_room, known_room
    from matside.understand.echo import Duplex

    devices, wanted = request.devices, given["voice_check"]
    is_live = devices.listens and not devices.fast and devices.mic_wav is None and devices.speaker_wav is None
    if not is_live or not _has_model(request):
        return Duplex.FULL
    room = None if wanted else known_room(request.settings, request.paths)
    has_time = sys.stdin.isatty() and not given["as_json"]
    if room is None and (has_time if wanted is None else wanted):
        note(request.language.planning["start.voice-check"])
        try:
            room = check_room(request.language, request.settings, request.paths)
        except MatsideError as error:
            note(request.language.screens["room.failed"].format(problem=error))
        else:
            note(room.told(request.language))
    return Duplex.FULL if room is None else room.mode.duplex


def _has_model(request: "Request") -> bool:
    from matside.hear.model_search import FoundModel, find_model

    found = find_model(request.language.model, explicit=request.devices.model, own=request.paths.models)
    return isinstance(found, FoundModel)


def _farewell(ran: "Ran", texts: Mapping[str, str], *, as_json: bool) -> int:
    if ran.finished:
        if not as_json:
            done = "start.done" if ran.completed else "start.ended"
            if not ran.is_kept:
                done = f"{done}.unsaved"
            note(texts["start.advised" if ran.advised else done])
        return 0
    note(texts["start.advised.interrupted" if ran.advised else "start.interrupted"])
    return INTERRUPTED


def _settings(paths: Paths, given: dict[str, Any]) -> Settings:
    names = ("language", "voice", "rate_wpm", "microphone", "speaker")
    return my_settings(paths, **{name: given[name] for name in names if name in given})


def _devices(given: dict[str, Any]) -> "Devices":
    from matside.run.request import Devices

    if given["fast"] and given["mic_wav"] is None and given["speaker_wav"] is None:
        raise UsageError("--fast needs files.", hint="Give --mic-wav IN.wav, --speaker-wav OUT.wav or both.")
    if given["mic_wav"] is not None:
        from matside.hear.wav_source import WavSource

        WavSource(given["mic_wav"])  # a file that can't be read is told before a voice is prepared
        if given["speaker_wav"] is not None and _is_same(given["mic_wav"], given["speaker_wav"]):
            raise UsageError(
                f"{given['mic_wav']} can't be heard and written at once.",
                hint="Give --speaker-wav another file.",
            )
    return Devices(
        mic_wav=given["mic_wav"],
        speaker_wav=given["speaker_wav"],
        fast=given["fast"],
        listens=not given["no_mic"],
        model=given["model"],
    )


def _is_same(heard: Path, written: Path) -> bool:
    try:
        return heard.samefile(written)
    except OSError:
        return False


class _JsonReporter:
    """Write every event as a line of JSON."""

    def tell(self, event: "Event") -> None:
        """Write one event at once, since a script may be following."""
        write_json(event)


class _DebugLog:
    """Write every event to a file, and pass it on."""

    def __init__(self, path: Path, onward: "Reporter | None") -> None:
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise MatsideError(
                f"{path} can't be written: {error.strerror}.", hint="Give another file."
            ) from error
        self._onward = onward

    def tell(self, event: "Event") -> None:
        """Write one event at once: the next moment may be the one that fails."""
        with contextlib.suppress(OSError):
            self._file.write(json.dumps(event, ensure_ascii=False) + "\n")
            self._file.flush()
        if self._onward is not None:
            self._onward.tell(event)


def _watchers(
    language: "Language", devices: "Devices", given: dict[str, Any]
) -> tuple["Watchers", Callable[[], None]]:
    from matside.cli.progress import SpeechProgress
    from matside.run.conduct import Watchers

    keys = devices.mic_wav is None and not devices.fast
    progress = SpeechProgress(language.screens["voice.preparing"])
    if given["as_json"]:
        return Watchers(reporter=_JsonReporter(), progress=progress, keys=keys), lambda: None
    from matside.show.plain import PlainScreen, wants_screen

    if given["plain"] or devices.fast or not wants_screen(sys.stdout, os.environ):
        plain = PlainScreen(language)
        return Watchers(screen=plain, progress=progress, keys=keys), plain.close
    from matside.show.terminal import TerminalScreen

    screen = TerminalScreen(language)
    return Watchers(screen=screen, progress=progress, keys=keys), screen.close

"""`matside voices`: who can speak, and what it sounds like."""

import click

from matside.cli.options import (
    json_option,
    language_of,
    language_option,
    my_paths,
    my_settings,
    voice_options,
)
from matside.cli.output import note, write_json, write_table


@click.command("voices")
@click.option("--all", "show_all", is_flag=True, help="Voices of all languages.")
@click.option("--say", "text", metavar="TEXT", help="Let the voice say this.")
@json_option
@language_option
@voice_options
def voices_command(
    *,
    show_all: bool,
    text: str | None,
    as_json: bool,
    language: str | None,
    voice: str | None,
    rate_wpm: int | None,
) -> None:
    """List the voices of this computer; the one in use is marked with *.

    Hear one with: matside voices --voice ID --say "Breathe in."
    """
    from matside.content.library import load_library
    from matside.run.speech import open_voice

    paths = my_paths()
    settings = my_settings(paths, language=language, voice=voice, rate_wpm=rate_wpm)
    words = language_of(load_library(), settings.language)
    engine = open_voice(words, settings)
    if text is not None:
        from matside.run.aloud import say_aloud

        say_aloud(text, words, settings, paths)
        return
    found = engine.voices()
    chosen = next((one.id for want in engine.manner.preferred for one in found if one.id == want), None)
    rows = []
    for one in found:
        spoken = {code.lower().split("-")[0].split("_")[0] for code in one.languages}
        if not show_all and words.code not in spoken and one.id != chosen:
            continue
        if as_json:
            write_json(
                {
                    "voice": one.id,
                    "name": one.name,
                    "languages": list(one.languages),
                    "engine": engine.name,
                    "chosen": one.id == chosen,
                }
            )
        else:
            rows.append(("*" if one.id == chosen else " ", one.id, ", ".join(one.languages), one.name))
    write_table(rows)
    if not found:
        note(words.screens["voice.none"])

"""Cue to sound: wording, scheduling, rendering and the loudspeaker."""

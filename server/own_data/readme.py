"""What the README of an export says, in plain words."""

from datetime import datetime

_TEXT = """Your data from acnetrack, as of {day}

This is everything that the server held of you. Nothing in it needs acnetrack to be read: photos open in any viewer,
and the files in data/ are JSON, one record a line, which any text editor shows.

photos/            your photos as they were kept: without place, camera or time in them
data/photos.json   which photo is which: its visit, its view, and under "file" its name in photos/
data/visits.json   your visits, with your notes
data/assessments.json, data/treatment_courses.json, data/intakes.json, data/check_ins.json, data/reminders.json,
data/side_effects.json, data/spots.json, data/profiles.json
                   what was counted and graded, your treatments, doses, how your skin felt, reminders, side effects,
                   spots that you follow, and your profile
data/clinician_notes.json, data/grants.json  what dermatologists wrote, and whom you let see your records
data/reads.json    who read what of yours, and when; data/people.json says who they are
data/access_links.json  the chain of hashes that proves that no reading was removed
data/users.json, data/devices.json  your account, and where you were signed in
export.json        for another acnetrack server, which can take all of this in
SHA256SUMS         to check that every file is complete:  sha256sum -c SHA256SUMS

A record with "deleted": true is one you deleted: its id is kept so that no phone brings it back, and nothing else.
"rev" is the order in which records were written.

Keep this file safe: your photos in it are not encrypted.
"""


def readme(at: datetime) -> str:
    """Return the text for an export made at this moment."""
    return _TEXT.format(day=f"{at:%-d %B %Y}")

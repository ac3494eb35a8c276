"""What can go wrong with a photo, a bundle or a visit in a way that its owner can put right."""

from typing import ClassVar


class AssessmentError(Exception):
    """Base of every refusal here: `code` is stable, the message names the problem and the remedy.

    Messages never hold a path or anything read from a photo, so that they may be logged.
    """

    code: ClassVar[str] = "assessment_failed"

"""Why an export is not taken in; each message says what, and the remedy."""


class ImportRefused(Exception):
    """An import that was refused or failed, with nothing taken in."""


class RecordRefused(ImportRefused):
    """A record of the export breaks the rules for records."""

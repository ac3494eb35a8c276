"""A guardian acting for a child: invited, consenting, sharing in its name."""

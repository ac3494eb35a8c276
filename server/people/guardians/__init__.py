"""What the law asks for a child: consent in force, and what a guardian may do until when."""

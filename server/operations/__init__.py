"""What an operator does to the whole server: backups, and putting one back."""

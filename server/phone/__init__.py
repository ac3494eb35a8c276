"""The web app on the patient's phone: its sources, and what is built from them and served under /app/."""

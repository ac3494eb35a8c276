"""The app on a patient's phone: its built files, and the model that it counts with where nobody has an account."""

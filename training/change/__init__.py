"""How well change is told: simulated people, the noise of repeated photos, and the figures of both."""

"""The capture gate fitted and measured on copies of photos, degraded step by step."""

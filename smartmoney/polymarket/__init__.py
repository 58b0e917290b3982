"""The outside world: one HTTP client, walks over paged routes, and wire JSON turned into typed rows."""

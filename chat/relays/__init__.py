"""The calls whose answers are the provider's own: rankings, images, transcripts."""

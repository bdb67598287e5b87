"""What each call to a provider used, written to this worker's journal as it begins and ends."""

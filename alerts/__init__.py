"""Messages about what needs attention, to the targets that models.yaml names."""

"""The files of models that are served on this machine: where they are, and how they get there."""

"""One question to two or three models, side by side: the page, and which answer was kept."""

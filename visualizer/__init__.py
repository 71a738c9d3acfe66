"""The application: window, player, scenes, export, command line and the panels."""

MISTAKE = 2  # the exit code for what a person can mend

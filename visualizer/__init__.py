"""The application: window, player, scenes, export, command line and the panels."""

"""The committed figures as pictures for people, drawn by matplotlib."""

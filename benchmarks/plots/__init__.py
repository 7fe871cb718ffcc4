"""The committed figures as pictures for people: SVG that follows the reader's colour scheme."""

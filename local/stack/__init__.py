"""The local stack: the real template on an emulator, in front of a stand-in image search.

`python -m stack up` brings it up, `logs` follows the function, `down` stops what `up` started.
"""

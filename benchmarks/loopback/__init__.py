"""Servers on this machine that stand for what a function talks to; none does more than answer."""

"""Fixtures of pytest for Stunt Double."""

from .mock import Clock, Mock, MockError

__all__ = ["Clock", "Mock", "MockError"]

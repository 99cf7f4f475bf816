"""Sharing scarce places among many clients."""

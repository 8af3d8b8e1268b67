"""Simulated data for the demo."""

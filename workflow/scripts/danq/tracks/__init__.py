"""Predictions along a genome: their places, shards, bigWig files and track hubs."""

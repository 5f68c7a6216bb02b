"""The cards of defects and metrics: pages and pictures made from code, data and what the bench recorded."""

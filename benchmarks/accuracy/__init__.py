"""How often detectors are right: faults put into real clips, labelled clips, controls, and other tools."""

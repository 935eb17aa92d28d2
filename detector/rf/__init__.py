"""The radio sense: from complex samples to classified transmitters."""

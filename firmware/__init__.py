"""The appliance: what runs on the Pi. Composition root and command line above runtime and sensors above drivers."""

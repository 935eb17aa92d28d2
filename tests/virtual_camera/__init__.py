"""Real libcamera and real picamera2 without a camera, under the production driver.

Debian 13's libcamera has a pipeline of virtual cameras that play a folder of pictures. `root` makes a small Debian 13
folder with it (packages taken apart, nothing installed, nothing mounted), `run_inside` runs a program of this package
there with the repository's own code. ``shim.c`` stands for the kernel's buffers and gives the camera its beat,
``patches.py`` says what of picamera2 has to be told that this camera is none of a Raspberry Pi.
"""

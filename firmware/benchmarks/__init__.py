"""``nunchi bench``: what the sweep costs on this machine, measured against plain operations in the same run."""

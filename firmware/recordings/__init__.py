"""Recordings on disk, read with doubt and written with care: IQ (SigMF, raw) and lens sequences."""

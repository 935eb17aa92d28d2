"""A path tracer as the second generator of lens scenes: real glass and metal, rendered offline with Mitsuba 3.

Mitsuba is no dependency of the project; `README.md` says how to get it. Nothing that was rendered is in the repository.
"""

"""From the reports of all senses to one honest verdict."""
